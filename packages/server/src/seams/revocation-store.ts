import type { Revocation } from '@monofil/protocol'

export type { Revocation } from '@monofil/protocol'

/** What is revoked. */
export type RevokedKind = 'sub' | 'jti' | 'role'

/** A revocation to be made. Times are ms. */
export interface NewRevocationRow {
  readonly kind: RevokedKind
  readonly value: string
  /** Credentials issued before it are refused. */
  readonly before: number
  /** How long it is kept: the longest life of a credential. */
  readonly keepMs: number
  readonly by: string
}

/** All that is revoked now. `version` changes with every one that is made or taken back. */
export interface RevokedNow {
  readonly version: number
  readonly items: readonly Revocation[]
}

/** Credentials that are refused before they end. Each one made is named in its commit (`Commit.revocations`). */
export interface RevocationStore {
  /**
   * Revokes; the same again takes the place of the first, with the later of the two times. Those whose time is over go.
   * Browsers of the user, or of who holds the role, are pushed to no more from the same commit on; which of them a `jti`
   * is of, nobody knows.
   * @throws `store_full` when 100,000 are kept.
   */
  add(revocation: NewRevocationRow): Promise<Revocation>
  /** Newest first. @throws `invalid_request` for a cursor that is not one. */
  list(page: { readonly limit: number; readonly cursor?: string | undefined }): Promise<{
    readonly items: readonly Revocation[]
    readonly nextCursor: string | null
  }>
  /** Takes one back. @throws `not_found`. */
  remove(id: string): Promise<void>
  /** One consistent read of all that are kept. */
  now(): Promise<RevokedNow>
  /** The `version` of `now()`, at the cost of one row. */
  version(): Promise<number>
}
