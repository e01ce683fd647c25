import { issueToken } from '@monofil/server'

const HOUR_MS = 3_600_000

/** What a user is for in the test. */
export type Kind = 'plain' | 'choosy' | 'digester' | 'crowd' | 'sender' | 'admin'

/** A user with their credentials: each has the roles of its time, and is a second younger than the one before. */
export class Member {
  readonly sub: string
  readonly kind: Kind
  readonly #secret: string
  readonly #grants: { readonly publish: readonly string[]; readonly topics: readonly string[] }
  readonly #tokens: string[] = []
  readonly #since: number
  readonly #listeners = new Set<() => void>()
  /** The oldest that still counts. */
  #valid = 0

  constructor(
    sub: string,
    kind: Kind,
    options: { readonly secret: string; readonly publish?: readonly string[]; readonly topics?: readonly string[] },
  ) {
    this.sub = sub
    this.kind = kind
    this.#secret = options.secret
    this.#grants = { publish: options.publish ?? [], topics: options.topics ?? [] }
    this.#since = Math.floor(Date.now() / 1_000) * 1_000 - 3 * HOUR_MS
  }

  /** Makes the next credential; it is `token` at once, and pushed to nobody. */
  async grant(roles: Iterable<string>): Promise<void> {
    const claims = { sub: this.sub, roles: [...roles], ...this.#grants, lifeMs: 8 * HOUR_MS }
    this.#tokens.push(await issueToken(claims, { secret: this.#secret }, this.issuedAt(this.#tokens.length)))
  }

  /** When a credential was issued, ms since 1970. */
  issuedAt(no: number = this.newest): number {
    return this.#since + no * 1_000
  }

  get newest(): number {
    return this.#tokens.length - 1
  }

  get token(): string {
    return this.tokenOf(this.newest)
  }

  /** A credential by its number, or the newest where that one is revoked. */
  tokenOf(no: number): string {
    return this.#tokens[no < this.#valid ? this.newest : no] ?? ''
  }

  /** Those before the newest are about to be revoked. */
  outdate(): void {
    this.#valid = this.newest
  }

  /** Tells the tabs that want to know of a new credential. */
  push(): void {
    for (const listener of [...this.#listeners]) listener()
  }

  onPush(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }
}
