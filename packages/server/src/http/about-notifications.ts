import { NOTICE_STATUSES } from '@monofil/protocol'
import { type About, PAGE, query, text, words } from './about.ts'

const TAG = 'Notifications' as const
const SENDER = 'Who sent it, admin; 404 for others'
const MINE = "One's own inbox"
const QUEUED = { description: 'The notification, as the queue has it.', schema: 'QueuedNotice' } as const
const MARKED = { description: 'How many changed, and the counts after it.', schema: 'Marked' } as const

const mark = (id: string, summary: string) =>
  ({
    id,
    tag: TAG,
    summary,
    right: MINE,
    answers: { 200: MARKED },
    errors: ['not_found', 'store_unavailable'],
  }) as const satisfies About

/** Sending, and the queue. */
export const NOTIFICATIONS = {
  send: {
    id: 'sendNotification',
    tag: TAG,
    summary: 'Send a notification',
    right: '`user:{sub}`, `role:{role}` in `publish` for each target, `user:*` for all; a topic as to publish to it',
    body: 'NewNotification',
    answers: {
      200: { description: 'The id is known: nothing was sent again.', schema: 'SentNotification' },
      201: { description: 'It is sent, or will be at its time.', schema: 'SentNotification' },
    },
    errors: ['id_taken', 'store_unavailable'],
  },
  list: {
    id: 'listNotifications',
    tag: TAG,
    summary: 'The queue of notifications, newest first',
    right: 'Admin',
    parameters: [words('status', 'In these states.', NOTICE_STATUSES), ...PAGE],
    answers: { 200: { description: 'A page of the queue.', schema: 'QueuedNoticeList' } },
    errors: ['invalid_request', 'store_unavailable'],
  },
  status: {
    id: 'notificationStatus',
    tag: TAG,
    summary: 'How many notifications are in which state',
    right: 'Admin',
    answers: { 200: { description: 'The queue as a whole.', schema: 'NoticeQueueStatus' } },
    errors: ['store_unavailable'],
  },
  retry: {
    id: 'retryNotification',
    tag: TAG,
    summary: 'Try the failed pushes of a notification again',
    right: 'Admin',
    answers: { 200: QUEUED },
    errors: ['not_found', 'store_unavailable'],
  },
  trace: {
    id: 'traceNotification',
    tag: TAG,
    summary: 'Why its recipients did or did not get it',
    right: 'Admin and who sent it: of all; a recipient: of themselves; 404 for others',
    parameters: [text('user', 'Of this recipient.'), ...PAGE],
    answers: { 200: { description: 'A line for each recipient.', schema: 'TraceLineList' } },
    errors: ['not_found', 'invalid_request', 'store_unavailable'],
  },
  patch: {
    id: 'patchNotification',
    tag: TAG,
    summary: 'Change a notification in place, in every inbox',
    right: SENDER,
    body: 'PatchNotification',
    answers: { 200: QUEUED },
    errors: ['not_found', 'invalid_state', 'store_unavailable'],
  },
  retract: {
    id: 'retractNotification',
    tag: TAG,
    summary: 'Take a notification back, out of every inbox',
    right: SENDER,
    answers: { 204: { description: 'It is gone.' } },
    errors: ['not_found', 'store_unavailable'],
  },
} as const satisfies Readonly<Record<string, About>>

const STATES = ['unread', 'unseen', 'archived', 'all'] as const

/** One's own inbox and preferences. */
export const INBOX = {
  list: {
    id: 'listInbox',
    tag: TAG,
    summary: "One's inbox, newest first",
    right: MINE,
    parameters: [query('state', 'Left out: what is not archived.', { type: 'string', enum: STATES }), ...PAGE],
    answers: { 200: { description: 'A page of it, with the counts.', schema: 'InboxList' } },
    errors: ['invalid_request', 'store_unavailable'],
  },
  counts: {
    id: 'inboxCounts',
    tag: TAG,
    summary: 'How many are unseen and unread',
    right: MINE,
    answers: { 200: { description: 'The counts.', schema: 'InboxCounts' } },
    errors: ['store_unavailable'],
  },
  seen: mark('seeInboxItem', 'Mark one as seen'),
  read: mark('readInboxItem', 'Mark one as read'),
  unread: mark('unreadInboxItem', 'Mark one as unread; an archived one comes back'),
  archive: mark('archiveInboxItem', 'Archive one'),
  claim: {
    id: 'claimInboxItem',
    tag: TAG,
    summary: "Take a role's notification for oneself",
    right: MINE,
    answers: { 200: { description: 'It is yours.', schema: 'InboxItem' } },
    errors: ['not_found', 'invalid_state', 'store_unavailable'],
  },
  mark: {
    id: 'markInbox',
    tag: TAG,
    summary: 'Mark many',
    right: MINE,
    body: 'MarkInbox',
    answers: { 200: MARKED },
    errors: ['store_unavailable'],
  },
  readAll: {
    id: 'readInbox',
    tag: TAG,
    summary: 'Mark all as read, seen or archived',
    right: MINE,
    body: 'MarkAll',
    isBodyOptional: true,
    answers: { 200: MARKED },
    errors: ['store_unavailable'],
  },
  receipts: {
    id: 'receiveInboxItems',
    tag: TAG,
    summary: 'Say which notifications a client has shown',
    right: MINE,
    body: 'Receipts',
    answers: { 204: { description: 'They are delivered.' } },
    errors: ['store_unavailable'],
  },
  preferences: {
    id: 'preferences',
    tag: TAG,
    summary: 'What one wants to hear of, and when',
    right: MINE,
    answers: { 200: { description: 'The preferences.', schema: 'PreferencesView' } },
    errors: ['store_unavailable'],
  },
  setPreferences: {
    id: 'setPreferences',
    tag: TAG,
    summary: 'Say what one wants to hear of, and when',
    right: MINE,
    body: 'Preferences',
    answers: { 200: { description: 'The preferences.', schema: 'PreferencesView' } },
    errors: ['store_unavailable'],
  },
} as const satisfies Readonly<Record<string, About>>
