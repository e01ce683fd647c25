export type { InboxApi, InboxFilter, InboxPage, InboxState, Marked } from './inbox-api.ts'
export { inboxApi } from './inbox-api.ts'
export type { Inbox, InboxView, WatchInbox } from './watch-inbox.ts'
export { watchInbox } from './watch-inbox.ts'
