import type { QueuedNotice, TraceLine } from '@monofil/protocol'
import type { Amount } from '../text/en.ts'
import type { NoticeTexts } from '../text/notifications-en.ts'

/** One thing that happened to a notification on its way to one recipient. */
export interface TraceWord {
  readonly part: 'rule' | 'outcome' | 'quiet' | 'live' | 'push' | 'seen'
  /** `good`: it reached somebody; `bad`: it failed; `held`: a rule held it back; `open`: not known yet. */
  readonly like: 'good' | 'bad' | 'held' | 'open'
  readonly text: string
}

interface Words {
  readonly n: Pick<NoticeTexts, 'trace'>
  readonly when: (at: string) => string
  readonly amount: (count: number) => Amount
}

/** Why one recipient got a notification or did not, in plain words, in the order in which it was decided. */
export function traceWords(line: TraceLine, words: Words): readonly TraceWord[] {
  const { trace } = words.n
  const { outcome, quiet, deliveredAt, seenAt, readAt } = line
  const said: TraceWord[] = [{ part: 'rule', like: 'open', text: ruleWords(line.rule, words) }]
  const isKept = outcome === 'inbox'
  const text = isKept ? trace.outcome.inbox(words.when(deliveredAt)) : trace.outcome[outcome]
  said.push({ part: 'outcome', like: isKept ? 'good' : 'held', text })
  if (outcome === 'muted') return said
  if (quiet !== null) said.push({ part: 'quiet', like: 'held', text: trace.quiet[quiet] })
  said.push(liveWord(line, words), pushWord(line, words))
  if (readAt !== null) said.push({ part: 'seen', like: 'good', text: trace.read(words.when(readAt)) })
  else if (seenAt !== null) said.push({ part: 'seen', like: 'good', text: trace.seen(words.when(seenAt)) })
  else if (isKept) said.push({ part: 'seen', like: 'open', text: trace.notSeen })
  return said
}

function ruleWords(rule: string, { n }: Words): string {
  const { user, all, role, lost } = n.trace.rule
  if (rule === 'named') return user
  if (rule === 'everyone') return all
  return rule.startsWith('role ') ? role(rule.slice('role '.length)) : lost
}

function liveWord({ live }: TraceLine, { n, when }: Words): TraceWord {
  const words = n.trace.live
  if (live.state === 'sent')
    return { part: 'live', like: 'good', text: words.sent(live.at === null ? '' : when(live.at)) }
  const like = { pending: 'open', sending: 'open', inboxed: 'held', failed: 'bad', skipped: 'held' } as const
  return { part: 'live', like: like[live.state], text: words[live.state] }
}

function pushWord({ push }: TraceLine, { n, when, amount }: Words): TraceWord {
  const words = n.trace.push
  const say = (like: TraceWord['like'], text: string): TraceWord => ({ part: 'push', like, text })
  if (push === null) return say('open', words.none)
  const { state, attempts, nextAt, lastError } = push
  if (state === 'sent') return say('good', words.sent(amount(attempts)))
  if (state === 'failed') return say('bad', words.failed(amount(attempts), lastError ?? '?'))
  if (state === 'pending') return say('open', nextAt === null ? words.waits : words.pending(when(nextAt)))
  return say(state === 'sending' ? 'open' : 'held', words[state])
}

/** Why a user is not among the recipients, as far as the notification itself says. */
export function absentWords(notice: QueuedNotice, user: string, { n }: Pick<Words, 'n'>): string {
  const { notGivenWhy: why } = n.trace
  const { to, status, ended } = notice
  if (to.except.includes(user)) return why.except
  if (status === 'pending') return why.pending
  if (!to.all && to.roles.length === 0) return why.none
  if (ended !== null) return why.over
  return to.all ? why.all : why.role(to.roles.join(', '))
}
