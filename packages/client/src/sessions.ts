import type { Revocation } from '@monofil/protocol'
import type { Page, PageQuery } from './api.ts'

/** Who the hub takes this client for, and with what rights. */
export interface Session {
  readonly user: string
  readonly roles: readonly string[]
  readonly topics: readonly string[]
  readonly publish: readonly string[]
  /** Whether this is the operator, who has every right. */
  readonly isOperator: boolean
  /** ISO 8601; null: never. */
  readonly expiresAt: string | null
  /** How it is known: without keys, by a token, by the hub's cookie, by the application the hub is part of. */
  readonly mode: 'development' | 'token' | 'cookie' | 'application'
}

/** Body of `POST /v1/revocations`: one of a user, a token's id and a role. */
export interface NewRevocation {
  readonly sub?: string | undefined
  readonly jti?: string | undefined
  readonly role?: string | undefined
  /** Credentials issued before it are refused (ISO 8601); now when left out. */
  readonly before?: string | undefined
}

/** Credentials refused before they end; for the operator. */
export interface RevocationsApi {
  /** Ends open streams too. The same again takes the place of the first. */
  add(revocation: NewRevocation): Promise<Revocation>
  /** Newest first. */
  list(page?: PageQuery): Promise<Page<Revocation>>
  /** Takes one back. */
  remove(id: string): Promise<void>
}
