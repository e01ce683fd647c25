import type { NoticeRules } from '../notifications/rules.ts'
import type { NotificationStore } from '../seams/notification-store.ts'
import type { Threads } from './threads.ts'

const HOUR_MS = 3_600_000
/** People that one commit forgets. */
const SLICE = 500

/** Notifications, by way of the threads. */
export function notificationStore(threads: Threads, rules: NoticeRules): NotificationStore {
  const maxAgeMs = rules.queueMaxAgeMs
  const people = new Seldom()
  return {
    send: (notice) => threads.write('notifications.send', notice, { size: sizeOf(notice) }),
    spreadTo: (id, subs) => threads.write('notifications.spreadTo', { id, subs }),
    get: (id) => threads.read('notifications.get', id),
    list: (filter) => threads.read('notifications.list', { ...filter, maxAgeMs }),
    status: () => threads.read('notifications.status', { maxAgeMs }),
    update: (id, patch) => threads.write('notifications.update', { id, patch }),
    retract: (id) => threads.write('notifications.retract', id),
    retry: (id) => threads.write('notifications.retry', id),
    trace: (id, page) => threads.read('notifications.trace', { id, ...page }),
    inbox: (sub, page) => threads.read('notifications.inbox', { sub, ...page }),
    snapshot: (sub, limit) => threads.read('notifications.snapshot', { sub, limit }),
    counts: (sub) => threads.read('notifications.counts', sub),
    mark: (sub, mark) => threads.write('notifications.mark', { sub, ...mark }),
    claim: (sub, id) => threads.write('notifications.claim', { sub, id }),
    receive: (sub, ids) => threads.write('notifications.receive', { sub, ids }),
    preferences: (sub) => threads.read('notifications.preferences', sub),
    preferencesOf: (subs) => threads.read('notifications.preferencesOf', subs),
    setPreferences: (sub, preferences) => threads.write('notifications.setPreferences', { sub, preferences }),
    meet: (users) => threads.write('notifications.meet', users),
    sweep: () => threads.write('notifications.sweep', null),
    trim: () => trim(threads, rules, people),
    takePushes: (request) => threads.write('notifications.takePushes', request),
    settlePushes: (outcomes) => threads.write('notifications.settlePushes', outcomes),
  }
}

async function trim(threads: Threads, { inboxMaxAgeMs, inboxMaxCount }: NoticeRules, people: Seldom): Promise<number> {
  let count = 0
  for (;;) {
    const gone = await threads.write('notifications.purge', null)
    if (gone === 0) break
    count += gone
  }
  const before = threads.now() - inboxMaxAgeMs
  for (let from: number | null = 0; from !== null; ) {
    const { found, next }: { found: readonly string[]; next: number | null } = await threads.read(
      'notifications.longLogs',
      { from, before, maxCount: inboxMaxCount },
    )
    for (const topic of found) count += await trimLog(threads, topic)
    from = next
  }
  if (people.isDue(threads.now())) count += await forgetPeople(threads, before)
  return count
}

async function trimLog(threads: Threads, topic: string): Promise<number> {
  for (let count = 0; ; ) {
    const slice = await threads.write('notifications.trimLog', topic)
    count += slice.count
    if (!slice.more) return count
  }
}

async function forgetPeople(threads: Threads, before: number): Promise<number> {
  let count = 0
  for (let from: number | null = 0; from !== null; ) {
    const { found, next }: { found: readonly number[]; next: number | null } = await threads.read(
      'notifications.idlePeople',
      { from, before },
    )
    for (let i = 0; i < found.length; i += SLICE) {
      count += await threads.write('notifications.forgetPeople', { people: found.slice(i, i + SLICE), before })
    }
    from = next
  }
  return count
}

/** Something that is looked at once an hour at most. */
class Seldom {
  #last = Number.NEGATIVE_INFINITY

  isDue(now: number): boolean {
    if (now - this.#last < HOUR_MS) return false
    this.#last = now
    return true
  }
}

function sizeOf(notice: Parameters<NotificationStore['send']>[0]): number {
  return (notice.dataJson?.length ?? 0) + 1_000
}
