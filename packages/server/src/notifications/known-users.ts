import type { Principal } from '../seams/auth.ts'
import type { NotificationStore, SeenUser } from '../seams/notification-store.ts'
import type { Logger } from '../seams/system.ts'

/** A user who goes on making requests is written down again after so long. */
const AGAIN_MS = 3_600_000
const MAX_KNOWN = 100_000

interface Known {
  readonly roles: readonly string[]
  /** The roles, to compare. */
  readonly key: string
  readonly issuedAt: number | null
  readonly at: number
}

/**
 * Tells the store of users and their roles as they are seen: the first time, when their roles change, and once an hour.
 * All of one turn of the loop are one write; everybody else costs a look into a map.
 */
export class KnownUsers {
  readonly #store: NotificationStore
  readonly #now: () => number
  readonly #logger: Logger
  readonly #known = new Map<string, Known>()
  #waiting: SeenUser[] = []
  #batch: Promise<readonly SeenUser[]> | undefined

  constructor(store: NotificationStore, now: () => number, logger: Logger) {
    this.#store = store
    this.#now = now
    this.#logger = logger
  }

  /** A promise when the store must be told first; it never rejects: who cannot be written down is asked for again. */
  meet({ sub, roles, issuedAtMs }: Principal): Promise<void> | undefined {
    const known = this.#known.get(sub)
    const now = this.#now()
    const issuedAt = issuedAtMs ?? null
    if (known !== undefined && now - known.at < AGAIN_MS) {
      const isOld = issuedAt !== null && known.issuedAt !== null && issuedAt < known.issuedAt
      if (isOld) return undefined
      if (known.key === keyOf(roles)) {
        // What was issued between the two says nothing of the roles either.
        if (issuedAt !== null) this.#known.set(sub, { ...known, issuedAt })
        return undefined
      }
    }
    return this.#tell({ sub, roles, issuedAt }).then((held) => {
      // A newer one may have been told of meanwhile, and answered before.
      const newest = this.#known.get(sub)?.issuedAt ?? null
      if (held === undefined || (held.issuedAt !== null && newest !== null && held.issuedAt < newest)) return
      this.#keep(sub, { roles: held.roles, key: keyOf(held.roles), issuedAt: held.issuedAt, at: now })
    })
  }

  /** What the newest credential says that is known of; undefined for somebody who was not seen here. */
  rolesOf(sub: string): readonly string[] | undefined {
    return this.#known.get(sub)?.roles
  }

  /** As the store has them now. */
  async #tell(user: SeenUser): Promise<SeenUser | undefined> {
    const place = this.#waiting.push(user) - 1
    this.#batch ??= new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      const users = this.#waiting
      this.#waiting = []
      this.#batch = undefined
      return this.#store.meet(users)
    })
    try {
      return (await this.#batch)[place]
    } catch (error) {
      this.#logger.debug('users could not be written down', { error })
      return undefined
    }
  }

  #keep(sub: string, known: Known): void {
    const oldest = this.#known.keys().next()
    if (this.#known.size >= MAX_KNOWN && !oldest.done) this.#known.delete(oldest.value)
    this.#known.delete(sub)
    this.#known.set(sub, known)
  }
}

function keyOf(roles: readonly string[]): string {
  return roles.length === 0 ? '' : JSON.stringify([...roles].sort())
}
