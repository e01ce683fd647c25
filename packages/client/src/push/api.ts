/** Pushes to this browser, for who has no tab open. */
export interface PushApi {
  /** What browsers subscribe with; rejects with `not_found` where the hub sends no pushes. */
  key(): Promise<{ readonly publicKey: string }>
  /** Keeps a browser's subscription as this user's. */
  subscribe(subscription: PushSubscriptionJSON): Promise<void>
  unsubscribe(endpoint: string): Promise<void>
  /** Marks a notification as read. */
  read(id: string): Promise<void>
}
