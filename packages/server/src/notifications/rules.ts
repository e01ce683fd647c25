import { MonofilError } from '@monofil/protocol'

const DAY_MS = 86_400_000

/** What bounds notifications; each is a setting. Times are ms. */
export interface NoticeRules {
  /** Without a client's receipt for so long, a notice is inboxed, and a push is tried where there is one; 10 s. */
  readonly liveWaitMs: number
  /** A role's holders are the users seen for so long; 30 days. */
  readonly seenWithinMs: number
  /** What an inbox keeps: 90 days, 1,000 items. */
  readonly inboxMaxAgeMs: number
  readonly inboxMaxCount: number
  /** How long the queue shows what was sent, and answers why; 7 days. */
  readonly queueMaxAgeMs: number
  /** How many recipients one commit serves at most; 500. */
  readonly slice: number
  /** And what the events of one such commit hold, in characters of JSON; 2,000,000. The hub has all of them at once. */
  readonly sliceChars: number
  /** Whether there is a push service to try; false. */
  readonly push: boolean
  /** Attempts of a push in all, and the delay after the first, doubled each time; 3, and 5 s. */
  readonly pushAttempts: number
  readonly pushBackoffMs: number
  /** Whom the end of a run tells whose workflow does not say; nobody. */
  readonly runEnds: RunEndAudience
}

/** Whom a run's end tells: nobody, its owner, or its owner and those who hold a role named on it. */
export const RUN_END_AUDIENCES = ['nobody', 'owner', 'watchers'] as const
export type RunEndAudience = (typeof RUN_END_AUDIENCES)[number]

export const NOTICE_RULES: NoticeRules = {
  liveWaitMs: 10_000,
  seenWithinMs: 30 * DAY_MS,
  inboxMaxAgeMs: 90 * DAY_MS,
  inboxMaxCount: 1_000,
  queueMaxAgeMs: 7 * DAY_MS,
  slice: 500,
  sliceChars: 2_000_000,
  push: false,
  pushAttempts: 3,
  pushBackoffMs: 5_000,
  runEnds: 'nobody',
}

const LEAST: Readonly<Record<string, number>> = { slice: 1, sliceChars: 1, inboxMaxCount: 1, pushAttempts: 1 }

/** The rules with what is left out filled in. @throws `invalid_request` for one that is no whole number, or too small. */
export function noticeRules(given: Partial<NoticeRules> = {}): NoticeRules {
  const rules = { ...NOTICE_RULES, ...given }
  for (const [name, value] of Object.entries(rules)) {
    if (typeof value !== 'number') continue
    const least = LEAST[name] ?? 0
    if (Number.isSafeInteger(value) && value >= least) continue
    throw new MonofilError('invalid_request', `${name} is a whole number from ${least}, not ${value}.`, { field: name })
  }
  return rules
}
