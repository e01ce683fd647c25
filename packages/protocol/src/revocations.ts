/**
 * Credentials that are refused from now on: those of a user, the one with an id, or all that have a role. One of
 * `sub`, `jti` and `role` is not null. Times are ISO 8601.
 */
export interface Revocation {
  readonly id: string
  readonly sub: string | null
  readonly jti: string | null
  readonly role: string | null
  /** Credentials issued before it are refused; the one with an id, whenever it was issued. */
  readonly before: string
  /** Until when it is kept: by then no such credential is alive. */
  readonly until: string
  /** Who asked for it. */
  readonly by: string
  readonly createdAt: string
}
