/** How loud a notification is. `low`, `medium` and `high` are taken as info, warning and error. */
export const SEVERITIES = ['info', 'success', 'warning', 'error', 'critical'] as const
export type Severity = (typeof SEVERITIES)[number]

/** Where a notification can reach somebody: the list, the open tabs, the push service of a browser. */
export const NOTICE_CHANNELS = ['inbox', 'live', 'push'] as const
export type NoticeChannel = (typeof NOTICE_CHANNELS)[number]

/** What a delivery to one recipient on one channel has come to. `skipped`: a preference or the sender's word ended it. */
export const DELIVERY_STATES = ['pending', 'sending', 'sent', 'inboxed', 'failed', 'skipped'] as const
export type DeliveryState = (typeof DELIVERY_STATES)[number]

/** What the whole of a notification has come to, as the queue shows it. */
export const NOTICE_STATUSES = ['pending', 'sending', 'sent', 'failed'] as const
export type NoticeStatus = (typeof NOTICE_STATUSES)[number]

/** Why an item is in the inbox without a sound: its tabs show no toast and no push is tried (quiet hours delay it). */
export type QuietReason = 'muted' | 'quiet_hours' | 'digest'

/** A button of a notification. */
export interface NoticeAction {
  readonly id: string
  readonly label: string
  readonly link?: string
}

/** What one may read and do with a notification in one's inbox. Times are ISO 8601 in UTC. */
export interface InboxItem {
  readonly id: string
  /** Of the event it came with in its owner's log: inboxes are in this order, and it never changes. Null: not stored. */
  readonly offset: number | null
  readonly title: string | null
  readonly message: string | null
  readonly details: string | null
  readonly severity: Severity
  /** The sender's word where it was `low`, `medium` or `high`. */
  readonly severityAsSent: string | null
  readonly module: string | null
  /** What happened, as a word of the application. */
  readonly action: string | null
  readonly actions: readonly NoticeAction[]
  readonly link: string | null
  readonly data: unknown
  /** The `sub` of who sent it. */
  readonly sender: string
  /** Why it came: by one's name, by a role one holds, or to everybody. */
  readonly via: 'user' | 'role' | 'all'
  /** Who has taken a role's notice, and when; null: nobody. Others see that it is taken. */
  readonly claim: { readonly by: string; readonly at: string } | null
  /** Whether it can be claimed: it came by a role and nobody has it. */
  readonly claimable: boolean
  readonly quiet: QuietReason | null
  readonly seenAt: string | null
  readonly readAt: string | null
  readonly archivedAt: string | null
  readonly createdAt: string
  readonly updatedAt: string | null
  readonly expiresAt: string | null
}

/** Of the items that are not archived. `version` grows with every change: of two counts the higher version is right. */
export interface InboxCounts {
  readonly unseen: number
  readonly unread: number
  readonly version: number
}

/** What the events of the topic `inbox` carry, by type. */
export interface InboxEvents {
  /** It came. Not stored (`store: false`): the counts are null, since it changes none. */
  readonly notification: InboxItem & { readonly counts: InboxCounts | null }
  /** It changed in place, or was claimed. One that is not known yet is new. */
  readonly updated: InboxItem & { readonly counts: InboxCounts }
  readonly removed: {
    /** None: the place of an event whose notification is gone. */
    readonly ids: readonly string[]
    readonly reason: 'retracted' | 'expired' | 'role' | 'retention' | 'gone'
    readonly counts: InboxCounts
  }
  /** Marked, on whichever device; `ids` null is all that were in the inbox. */
  readonly read: {
    readonly state: InboxMark
    readonly ids: readonly string[] | null
    readonly at: string
    readonly counts: InboxCounts
  }
}

/** What can be said of items. `unread` brings an archived one back. */
export const INBOX_MARKS = ['seen', 'read', 'unread', 'archived'] as const
export type InboxMark = (typeof INBOX_MARKS)[number]

/** Data of a `snapshot` of `inbox`. */
export interface InboxSnapshot {
  readonly counts: InboxCounts
  /** The 50 newest that are not archived, newest first. */
  readonly items: readonly InboxItem[]
}

/** How many deliveries of one channel are in which state. */
export type DeliveryCounts = Readonly<Record<DeliveryState, number>>

/** A notification as its sender and the operator see it in the queue. */
export interface QueuedNotice {
  readonly id: string
  readonly title: string | null
  readonly message: string | null
  readonly severity: Severity
  readonly module: string | null
  readonly sender: string
  readonly to: {
    readonly users: readonly string[]
    readonly roles: readonly string[]
    readonly topics: readonly string[]
    readonly all: boolean
    readonly except: readonly string[]
  }
  readonly status: NoticeStatus
  /** Taken back by the sender, or its time was over; null: neither. */
  readonly ended: 'retracted' | 'expired' | null
  readonly recipients: number
  readonly deliveries: { readonly live: DeliveryCounts; readonly push: DeliveryCounts }
  /** Of its pushes, the most that one took. */
  readonly attempts: number
  readonly lastError: string | null
  /** How often it was sent again under the same id, which did nothing. */
  readonly duplicates: number
  readonly claim: InboxItem['claim']
  readonly createdAt: string
  readonly sendAt: string | null
  readonly sentAt: string | null
  readonly expiresAt: string | null
}

/** Why one recipient did or did not get it. */
export interface TraceLine {
  readonly user: string
  /** What made them a recipient. */
  readonly rule: string
  /** What became of it in their inbox. `hidden`: they no longer hold the role. */
  readonly outcome: 'inbox' | 'muted' | 'hidden' | 'removed'
  readonly quiet: QuietReason | null
  readonly live: { readonly state: DeliveryState; readonly at: string | null }
  /** Null: none was tried. */
  readonly push: {
    readonly state: DeliveryState
    readonly attempts: number
    readonly nextAt: string | null
    readonly lastError: string | null
  } | null
  readonly deliveredAt: string
  readonly seenAt: string | null
  readonly readAt: string | null
}

/** The queue as a whole. */
export interface NoticeQueueStatus {
  readonly pending: number
  readonly sending: number
  readonly sent: number
  readonly failed: number
  /** Of what is pending or sending and due, since it was made or due; null: nothing is. */
  readonly oldestAgeMs: number | null
  readonly channels: { readonly live: DeliveryCounts; readonly push: DeliveryCounts }
}

/** What somebody wants to hear of, and when. */
export interface NoticePreferences {
  /** The language of texts that come in several: `en`, `fr-CA`; null: the sender's first. */
  readonly language: string | null
  /** What matches a line is not told on its channels; all of them when it names none. */
  readonly mute: readonly {
    readonly module?: string
    readonly severity?: Severity
    readonly channels?: readonly NoticeChannel[]
  }[]
  /** Nothing makes a sound between these times of day (`22:00`, `07:00`), on these days; `critical` does. Null: none. */
  readonly quietHours: {
    readonly from: string
    readonly to: string
    /** IANA zone. */
    readonly timezone: string
    /** 0 (Sunday) to 6, of the day on which they begin; all when left out. */
    readonly days?: readonly number[]
  } | null
  /** After `after` of one module within `windowMs` the others come without a sound, and one says how many. Null: none. */
  readonly digest: { readonly after: number; readonly windowMs: number } | null
}
