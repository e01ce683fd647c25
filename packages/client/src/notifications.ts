import type { NoticeAction, Severity } from '@monofil/protocol'

/** Words in one language, with variables and plurals as in ICU MessageFormat. */
export interface NotificationWords {
  readonly title?: string | undefined
  readonly message?: string | undefined
  readonly details?: string | undefined
}

/** Whom a notification is for: the union of these, less `except`. */
export interface NotificationTarget {
  readonly users?: readonly string[] | undefined
  readonly roles?: readonly string[] | undefined
  /** One event on each, and no inbox. */
  readonly topics?: readonly string[] | undefined
  readonly all?: boolean | undefined
  readonly except?: readonly string[] | undefined
}

/** Body of `POST /v1/notifications`: a title or a message, `texts`, or a `template` of the hub. */
export interface NewNotification extends NotificationWords {
  /** The same again sends nothing. */
  readonly id?: string | undefined
  readonly to: NotificationTarget
  readonly template?: string | undefined
  readonly texts?: Readonly<Record<string, NotificationWords>> | undefined
  readonly values?: Readonly<Record<string, string | number | boolean>> | undefined
  /** `info` when left out. */
  readonly severity?: Severity | 'low' | 'medium' | 'high' | undefined
  readonly module?: string | undefined
  readonly action?: string | undefined
  readonly actions?: readonly NoticeAction[] | undefined
  /** A path, or an http or https address. */
  readonly link?: string | undefined
  readonly data?: unknown
  /** After so long it leaves every inbox, in ms. */
  readonly ttlMs?: number | undefined
  /** ISO 8601. */
  readonly sendAt?: string | undefined
  /** False: it reaches open tabs and is kept nowhere. */
  readonly store?: boolean | undefined
}
