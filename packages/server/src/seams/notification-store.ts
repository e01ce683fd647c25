import type {
  InboxCounts,
  InboxItem,
  InboxMark,
  InboxSnapshot,
  NoticeAction,
  NoticePreferences,
  NoticeQueueStatus,
  NoticeStatus,
  QueuedNotice,
  Severity,
  TraceLine,
} from '@monofil/protocol'
import type { NoticeText } from '../notifications/texts.ts'
import type { Page } from './run-store.ts'

/** Whom a notice is for: the union, less `except`. */
export interface NoticeTarget {
  readonly users: readonly string[]
  readonly roles: readonly string[]
  readonly topics: readonly string[]
  readonly all: boolean
  readonly except: readonly string[]
}

/** What a notice says; its words are filled in. */
export interface NoticeContent {
  readonly texts: readonly NoticeText[]
  readonly severity: Severity
  readonly severityAsSent: string | null
  readonly module: string | null
  readonly action: string | null
  readonly actions: readonly NoticeAction[]
  readonly link: string | null
  readonly dataJson: string | null
}

/** A notice to be sent. `sendAt` is ms since 1970, null: now. `ttlMs` counts from the sending; null: for ever. */
export interface NewNotice extends NoticeContent {
  readonly id: string
  readonly sender: string
  readonly to: NoticeTarget
  readonly sendAt: number | null
  readonly ttlMs: number | null
}

/** What is changed in place; left out stays. `ttlMs` counts from the change. */
export type NoticePatch = Partial<NoticeContent> & {
  readonly ttlMs?: number | null | undefined
  readonly sendAt?: number | undefined
}

/** A user who made a request, with the roles that the credential says. */
export interface SeenUser {
  readonly sub: string
  readonly roles: readonly string[]
  /** When the credential was issued: an older one than the last says nothing of the roles. Null: nobody knows. */
  readonly issuedAt: number | null
}

/** Which items of an inbox: `inbox` is all that are not archived. */
export type InboxState = 'inbox' | 'unread' | 'unseen' | 'archived' | 'all'

/** A push that is to be tried. It counts as tried once more when it is taken. */
export interface PushLease {
  readonly id: number
  readonly sub: string
  /** 1 for the first. */
  readonly attempt: number
  readonly item: InboxItem
}

/**
 * What became of a push, by its lease. `skipped`: there is nowhere to send it to; `retry` after `afterMs`, or the usual
 * delay.
 */
export type PushOutcome = { readonly id: number; readonly attempt: number } & (
  | { readonly kind: 'sent' }
  | { readonly kind: 'skipped' }
  | { readonly kind: 'failed'; readonly error: string }
  | { readonly kind: 'retry'; readonly error: string; readonly afterMs?: number | undefined }
)

/**
 * Notifications: what was sent, everybody's inbox, and the queue of deliveries. Whatever changes an inbox changes its
 * counts and appends one event to its owner's log, in the same transaction: counts are those of the rows at every
 * commit, and their `version` is that event's offset. No notice is put into an inbox twice, whatever is repeated or dies.
 */
export interface NotificationStore {
  /**
   * Sends, or does nothing where the sender has used the id (`created` false). Users named have it in the same commit; of
   * roles and everybody the first of those seen lately, the others by `sweep`, and whoever was not seen when they are
   * met. @throws `id_taken` for the id of another sender.
   */
  send(notice: NewNotice): Promise<{ readonly id: string; readonly created: boolean }>
  /** Puts a sent notice to roles or all into these users' inboxes too, as a directory names them. Answers how many. */
  spreadTo(id: string, subs: readonly string[]): Promise<number>
  /** As the queue shows it. */
  get(id: string): Promise<QueuedNotice | undefined>
  /** The queue, newest first: what was made within its retention, and what is not settled. */
  list(filter: {
    readonly status?: readonly NoticeStatus[] | undefined
    readonly limit: number
    readonly cursor?: string | undefined
  }): Promise<Page<QueuedNotice>>
  /** Of the same notices as `list`. */
  status(): Promise<NoticeQueueStatus>
  /** Changes it in place, in every inbox. @throws `not_found`, `invalid_state` (ended; `sendAt` of one that was sent). */
  update(id: string, patch: NoticePatch): Promise<QueuedNotice>
  /** Takes it out of every inbox and out of their logs; one that is not sent yet never is. Twice is fine. @throws `not_found`. */
  retract(id: string): Promise<void>
  /** Tries failed pushes again. @throws `not_found`. */
  retry(id: string): Promise<QueuedNotice>
  /** Why its recipients did or did not get it, or one of them. Empty: nobody did. @throws `not_found`. */
  trace(
    id: string,
    page: { readonly user?: string | undefined; readonly limit: number; readonly cursor?: string | undefined },
  ): Promise<Page<TraceLine>>

  /** Newest first. */
  inbox(
    sub: string,
    page: { readonly state: InboxState; readonly limit: number; readonly cursor?: string | undefined },
  ): Promise<Page<InboxItem> & { readonly counts: InboxCounts }>
  /** One consistent read, with the offset of the user's log that it is true at. */
  snapshot(sub: string, limit: number): Promise<InboxSnapshot & { readonly offset: number }>
  counts(sub: string): Promise<InboxCounts>
  /** Marks these, or all that are not archived (null). Unknown ids are left out. `changed` 0: nothing was written. */
  mark(
    sub: string,
    mark: { readonly state: InboxMark; readonly ids: readonly string[] | null },
  ): Promise<{ readonly changed: number; readonly counts: InboxCounts; readonly known: number }>
  /** Takes a role's notice for oneself. @throws `not_found`, `invalid_state` (`claimed` by another; nobody's to claim). */
  claim(sub: string, id: string): Promise<InboxItem>
  /** A client has shown these. Answers how many were not known to be. */
  receive(sub: string, ids: readonly string[]): Promise<number>
  preferences(sub: string): Promise<NoticePreferences>
  /** Of those among these users who said what they want; the others are left out. */
  preferencesOf(
    subs: readonly string[],
  ): Promise<readonly { readonly sub: string; readonly preferences: NoticePreferences }[]>
  setPreferences(sub: string, preferences: NoticePreferences): Promise<NoticePreferences>

  /**
   * Remembers users and their roles, and puts what was sent to them meanwhile into their inboxes. What came by a role
   * that they no longer hold is hidden, and its words leave their logs; with the role it comes back. Answers each of
   * them, in this order, as their newest credential has them: it may be another one.
   */
  meet(users: readonly SeenUser[]): Promise<readonly SeenUser[]>
  /** One slice of whatever is due. Answers when it should be called again at the latest, in ms. */
  sweep(): Promise<number>
  /** Forgets what is over its retention, in small commits. Answers how many rows went. */
  trim(): Promise<number>
  /** Takes up to `max` pushes that are due, the oldest of each user; untaken again after `leaseMs`. */
  takePushes(request: { readonly max: number; readonly leaseMs: number }): Promise<readonly PushLease[]>
  /** Records outcomes; of a push that was taken again meanwhile, or is over, nothing. */
  settlePushes(outcomes: readonly PushOutcome[]): Promise<void>
}
