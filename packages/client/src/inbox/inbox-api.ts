import type { InboxCounts, InboxItem, InboxMark, NoticePreferences } from '@monofil/protocol'
import type { Page, PageQuery } from '../api.ts'
import { path } from '../http.ts'
import type { MonofilClient } from '../types.ts'

/** Which items of an inbox; left out: those that are not archived. */
export type InboxState = 'unread' | 'unseen' | 'archived' | 'all'

export interface InboxFilter extends PageQuery {
  readonly state?: InboxState | undefined
}

/** Newest first, with the counts that are true at the same moment: `counts.version` is the offset of both. */
export interface InboxPage extends Page<InboxItem> {
  readonly counts: InboxCounts
}

/** How many items were not so marked before, and the counts after. */
export interface Marked {
  readonly changed: number
  readonly counts: InboxCounts
}

/** The hub's calls for one's own inbox and preferences. */
export interface InboxApi {
  list(filter?: InboxFilter): Promise<InboxPage>
  counts(): Promise<InboxCounts>
  /** At most 1,000 ids; unknown ones are left out. */
  mark(ids: readonly string[], state: InboxMark): Promise<Marked>
  markAll(state?: Exclude<InboxMark, 'unread'>): Promise<Marked>
  /** Takes a role's notification; rejects with `invalid_state` when another one has it. */
  claim(id: string): Promise<InboxItem>
  /** Says that these were shown; at most 1,000 ids. */
  receipts(ids: readonly string[]): Promise<void>
  preferences(): Promise<NoticePreferences>
  /** What is left out is as at the beginning. */
  setPreferences(preferences: Partial<NoticePreferences>): Promise<NoticePreferences>
}

/** The calls of a client's inbox. Nothing is requested before one of them is called. */
export function inboxApi({ api }: Pick<MonofilClient, 'api'>): InboxApi {
  const get = <T>(route: string, query?: object) => api.call<T>('GET', route, { query: { ...query } })
  const post = <T>(route: string, body: unknown) => api.call<T>('POST', route, { body })
  return {
    list: (filter) => get('/v1/inbox', filter),
    counts: () => get('/v1/inbox/counts'),
    mark: (ids, state) => post('/v1/inbox/mark', { ids, state }),
    markAll: (state = 'read') => post('/v1/inbox/read-all', { state }),
    claim: (id) => post(path`/v1/inbox/${id}/claim`, {}),
    receipts: (ids) => post('/v1/inbox/receipts', { ids }),
    preferences: () => get('/v1/preferences'),
    setPreferences: (preferences) => api.call('PUT', '/v1/preferences', { body: preferences }),
  }
}
