/** A key pair of VAPID (RFC 8292), P-256: the uncompressed point and the scalar, in base64url without padding. */
export interface VapidKeys {
  readonly publicKey: string
  readonly privateKey: string
}

/** Where one browser of a user is pushed to, as its `PushSubscription` says it. */
export interface PushAddress {
  readonly endpoint: string
  /** The browser's public key and its secret, in base64url. */
  readonly p256dh: string
  readonly auth: string
  /** The hub's public key that the browser subscribed with: a push that another one signs is refused. */
  readonly vapidKey: string
}

/** The browsers that want pushes, and the keys they are sent with. */
export interface PushStore {
  /** The store's own key pair, made at the first call and the same ever after, for every hub and across restarts. */
  keys(): Promise<VapidKeys>
  /**
   * Keeps a browser as this user's, also one that was another's: whoever signed in there last gets its pushes. Of more
   * than `max` of one user the longest unseen go. The same again says that it is seen.
   */
  add(sub: string, address: PushAddress, max: number): Promise<void>
  /** A user's browsers, the last seen first. */
  of(sub: string): Promise<readonly PushAddress[]>
  /** Forgets a browser of this user; of another's, nothing. Twice is fine. */
  remove(sub: string, endpoint: string): Promise<void>
}
