import { MonofilError, type Revocation } from '@monofil/protocol'
import type { Principal } from '../seams/auth.ts'
import type { Bus } from '../seams/bus.ts'
import type { RevocationStore } from '../seams/revocation-store.ts'
import type { Clock, Logger } from '../seams/system.ts'

/** Between two looks at the store: a revocation whose announcement was lost is learned by then. */
const LOOK_MS = 1_000

export interface RevocationsOptions {
  readonly store: RevocationStore
  readonly bus: Bus
  readonly clock: Clock
  readonly logger: Logger
  /** Called when something was revoked, and once a second while anything is: what is open must be looked at. */
  readonly onRevoked: () => void
}

interface Entry {
  readonly before: number
  readonly until: number
}

/** What is revoked, as this hub knows it: told by the bus with the commit, and read from the store every second. */
export class Revocations {
  readonly #options: RevocationsOptions
  #subs = new Map<string, Entry>()
  #jtis = new Map<string, Entry>()
  #roles = new Map<string, Entry>()
  #version = -1
  #stopLook: () => void = () => undefined
  readonly #unlisten: () => void
  #closed = false
  #failing = false
  /** What was told while the store was being read: the answer may be older. */
  #toldMeanwhile: Revocation[] | undefined

  private constructor(options: RevocationsOptions) {
    this.#options = options
    this.#unlisten = options.bus.listen((message) => {
      if (message.kind === 'commit' && message.commit.revocations !== undefined) this.#told(message.commit.revocations)
    })
  }

  /** Knows all that is revoked before it answers. @throws `store_unavailable`. */
  static async open(options: RevocationsOptions): Promise<Revocations> {
    const revocations = new Revocations(options)
    try {
      await revocations.#read()
    } catch (error) {
      revocations.close()
      throw error
    }
    revocations.#lookLater()
    return revocations
  }

  /** Whether the credential behind this user is refused. */
  isRevoked(principal: Principal): boolean {
    if (this.#size === 0) return false
    const now = this.#options.clock.now()
    const { sub, jti, roles, issuedAtMs } = principal
    const byId = jti == null ? undefined : this.#jtis.get(jti)
    if (byId !== undefined && byId.until > now) return true
    const counts = (entry: Entry | undefined) =>
      entry !== undefined && entry.until > now && (issuedAtMs == null || issuedAtMs < entry.before)
    return counts(this.#subs.get(sub)) || (this.#roles.size > 0 && roles.some((role) => counts(this.#roles.get(role))))
  }

  /** @throws `unauthorized` for a user whose credential is revoked. */
  refuse(principal: Principal): void {
    if (!this.isRevoked(principal)) return
    throw new MonofilError('unauthorized', 'The credential has been revoked: sign in again.')
  }

  close(): void {
    this.#closed = true
    this.#unlisten()
    this.#stopLook()
  }

  get #size(): number {
    return this.#subs.size + this.#jtis.size + this.#roles.size
  }

  #told(revocations: readonly Revocation[]): void {
    this.#toldMeanwhile?.push(...revocations)
    this.#take(revocations)
    this.#options.onRevoked()
  }

  #take(revocations: readonly Revocation[]): void {
    for (const { sub, jti, role, before, until } of revocations) {
      const entry = { before: Date.parse(before), until: Date.parse(until) }
      if (sub !== null) this.#subs.set(sub, entry)
      if (jti !== null) this.#jtis.set(jti, entry)
      if (role !== null) this.#roles.set(role, entry)
    }
  }

  async #read(): Promise<void> {
    const told: Revocation[] = []
    this.#toldMeanwhile = told
    const { version, items } = await this.#options.store.now().finally(() => {
      this.#toldMeanwhile = undefined
    })
    this.#subs = new Map()
    this.#jtis = new Map()
    this.#roles = new Map()
    this.#version = version
    this.#take(items)
    this.#take(told)
  }

  #lookLater(): void {
    if (!this.#closed) this.#stopLook = this.#options.clock.after(LOOK_MS, () => void this.#look())
  }

  async #look(): Promise<void> {
    try {
      if ((await this.#options.store.version()) !== this.#version) await this.#read()
      this.#failing = false
    } catch (error) {
      if (!this.#failing && !this.#closed) this.#options.logger.warn('the revocations could not be read', { error })
      this.#failing = true
    }
    if (this.#closed) return
    // A stream may have begun, or taken a new credential, that was asked about just before it was revoked.
    if (this.#size > 0) this.#options.onRevoked()
    this.#lookLater()
  }
}
