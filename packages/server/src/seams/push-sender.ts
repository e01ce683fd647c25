import type { PushLease } from './notification-store.ts'

/**
 * Sends a push to the browsers of a user; what knows their subscriptions. `sent`: a push service took it; `skipped`: the
 * user has nowhere to send it to; `retry`: it may be taken later, `afterMs` if the service says when; `failed`: never.
 * May throw, which is a `retry`. Called again for the same notice after a crash or a retry.
 */
export interface PushSender {
  send(push: PushLease): Promise<PushResult>
  /** Left out: no browser can subscribe to this sender, and the routes for it answer 404. */
  readonly browsers?: PushBrowsers | undefined
}

/** How browsers come to be sent to. */
export interface PushBrowsers {
  /** What browsers subscribe with (`applicationServerKey`): VAPID's public key in base64url. */
  readonly publicKey: string
  /** Keeps a browser as this user's. @throws `invalid_request` with the field. */
  subscribe(sub: string, subscription: BrowserSubscription): Promise<void>
  /** Forgets a browser of this user. Twice is fine. */
  unsubscribe(sub: string, endpoint: string): Promise<void>
}

/** What a browser's `PushSubscription` says of itself, as JSON. */
export interface BrowserSubscription {
  readonly endpoint: string
  readonly keys: { readonly p256dh: string; readonly auth: string }
}

export type PushResult =
  | { readonly kind: 'sent' }
  | { readonly kind: 'skipped' }
  | { readonly kind: 'failed'; readonly error: string }
  | { readonly kind: 'retry'; readonly error: string; readonly afterMs?: number | undefined }
