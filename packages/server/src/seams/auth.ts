/** Who makes a request, as the credential says. */
export interface Principal {
  readonly sub: string
  readonly roles: readonly string[]
  /** Patterns this user may read beside what is theirs. */
  readonly topics: readonly string[]
  /** Patterns this user may write or do. */
  readonly publish: readonly string[]
  /** When the credential ends, in ms since 1970; null for never. */
  readonly expiresAtMs: number | null
  /** The credential's own id, by which it can be revoked; null or left out: it has none. */
  readonly jti?: string | null | undefined
  /**
   * When the credential was issued, in ms since 1970. Null or left out: nobody knows, and a revocation of its user or
   * of one of its roles refuses it whenever that was.
   */
  readonly issuedAtMs?: number | null | undefined
  /** Whether this is the operator. Left out: whoever holds the role `admin`. */
  readonly isOperator?: boolean | undefined
  /** The ticket that the request came with; left out: it came with something else. */
  readonly ticket?: TicketUse | undefined
}

/** A ticket that opens a stream, or opens it again. */
export interface TicketUse {
  readonly id: string
  /** Makes an id of the stream one by which the ticket is taken again. Adds 23 ASCII characters. */
  sign(id: string): string
}

/** A ticket as it came. */
export interface TicketCredential {
  readonly text: string
  /** The request is a GET for an event stream. */
  readonly isForStream: boolean
  /** The `Last-Event-ID` header. What is in the URL may lie in an access log, and does not count. */
  readonly lastEventId: string | undefined
}

/** What of the runs a query may answer: all of them, or those of an owner, of roles, or under `run:` patterns. */
export type Viewer =
  | { readonly all: true }
  | {
      readonly all: false
      readonly sub: string
      readonly roles: readonly string[]
      readonly patterns: readonly string[]
    }

/** The facts of a request that decide who makes it; `http/` fills it in. */
export interface Credentials {
  readonly authorization: string | undefined
  readonly cookie: string | undefined
  readonly host: string | undefined
  readonly origin: string | undefined
  readonly forwarded: boolean
  readonly remoteAddress: string | undefined
  readonly method: string
  readonly contentType: string | undefined
  readonly secFetchSite: string | undefined
  /** Whether the browser's side of the connection is https, as far as the request tells. */
  readonly isSecure: boolean
  /** `?ticket=`; left out: there is none. */
  readonly ticket?: TicketCredential | undefined
}

/**
 * Who makes a request. Credentials count in this order, and the first that is present decides: `Authorization`, a
 * ticket, a cookie. What reads tickets wraps what reads the other two, and asks it unless there is no `Authorization`
 * and a ticket.
 */
export interface Authenticator {
  /**
   * @throws `unauthorized`, `token_expired`, `forbidden`, `csrf`; `store_unavailable` while the keys cannot be had.
   * Never answers an anonymous principal.
   */
  authenticate(credentials: Credentials): Promise<Principal> | Principal
  /** The cookie that `POST /v1/session` puts a token into, on plain http; left out: this hub makes no sessions. */
  readonly cookieName?: string | undefined
  /** The longest life of its credentials, for which revocations are kept, in ms; left out: 24 h. */
  readonly maxLifeMs?: number | undefined
}
