import type { NoticeRules } from '../notifications/rules.ts'
import type { NotificationStore } from '../seams/notification-store.ts'
import type { Threads } from './threads.ts'

/** Notifications, by way of the threads. */
export function notificationStore(threads: Threads, rules: NoticeRules): NotificationStore {
  const maxAgeMs = rules.queueMaxAgeMs
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
    setPreferences: (sub, preferences) => threads.write('notifications.setPreferences', { sub, preferences }),
    meet: (users) => threads.write('notifications.meet', users),
    sweep: () => threads.write('notifications.sweep', null),
    trim: () => trim(threads, rules),
    takePushes: (request) => threads.write('notifications.takePushes', request),
    settlePushes: (outcomes) => threads.write('notifications.settlePushes', outcomes),
  }
}

async function trim(threads: Threads, { inboxMaxAgeMs, inboxMaxCount }: NoticeRules): Promise<number> {
  let count = 0
  for (;;) {
    const gone = await threads.write('notifications.purge', null)
    if (gone === 0) break
    count += gone
  }
  const bounds = { before: threads.now() - inboxMaxAgeMs, maxCount: inboxMaxCount }
  for (const topic of await threads.read('notifications.longLogs', bounds)) {
    for (;;) {
      const slice = await threads.write('notifications.trimLog', topic)
      count += slice.count
      if (!slice.more) break
    }
  }
  return count
}

function sizeOf(notice: Parameters<NotificationStore['send']>[0]): number {
  return (notice.dataJson?.length ?? 0) + 1_000
}
