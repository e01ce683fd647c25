import type { PushLease } from './notification-store.ts'

/**
 * Sends a push to the browsers of a user; what knows their subscriptions. `sent`: a push service took it; `skipped`: the
 * user has nowhere to send it to; `retry`: it may be taken later, `afterMs` if the service says when; `failed`: never.
 * May throw, which is a `retry`. Called again for the same notice after a crash or a retry.
 */
export interface PushSender {
  send(push: PushLease): Promise<PushResult>
}

export type PushResult =
  | { readonly kind: 'sent' }
  | { readonly kind: 'skipped' }
  | { readonly kind: 'failed'; readonly error: string }
  | { readonly kind: 'retry'; readonly error: string; readonly afterMs?: number | undefined }
