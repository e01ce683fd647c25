import { INITIAL } from '../connection-state.ts'
import { describe } from '../info.ts'
import { OwnRoute } from '../own-route.ts'
import type { Route, RouteOwner } from '../route.ts'
import type { ConnectionInfo } from '../types.ts'
import { LockSeat } from './lock-seat.ts'
import type { Seat } from './seat.ts'
import { type GroupWord, SHARING_VERSION } from './words.ts'

/**
 * One stream for all tabs of a user in one browser. Who the user is is asked first, since only their tabs may share;
 * then the tab takes its seat among them, or, where that cannot be, has a stream of its own.
 */
export class SharedRoute implements Route {
  readonly #owner: RouteOwner
  #marker: string
  /** Whose tabs this one sat down with last; undefined before, or where that cannot be told. */
  #user: string | null | undefined
  #seat: Seat | null = null
  /** Grows with every end of a seat: an answer about the user of an older one is too late. */
  #sitting = 0
  #seeking = false
  #soughtAt = 0
  #wish = { wanted: false, kept: false }
  /** Alone only because the credential could not be had when the tab took its seat. */
  #provisional = false
  readonly #idle: ConnectionInfo
  readonly #connecting: ConnectionInfo

  constructor(owner: RouteOwner, marker: string) {
    this.#owner = owner
    this.#marker = marker
    // A tab that follows, or may follow, can be asked for what just went by.
    owner.topics.kept = KEPT
    this.#idle = describe(INITIAL, 'electing', marker, 0)
    this.#connecting = { ...this.#idle, status: 'connecting' }
  }

  get active(): number {
    return this.#seat?.active ?? 0
  }

  get ranks(): Route['ranks'] {
    return this.#seat?.ranks ?? { transport: 'own', unshared: null, rank: 'electing' }
  }

  info(): ConnectionInfo {
    return this.#seat?.info() ?? (this.#seeking ? this.#connecting : this.#idle)
  }

  sync(wanted: boolean, kept: boolean): void {
    this.#wish = { wanted, kept }
    // It has come since: now the user is known.
    if (this.#provisional && this.info().status === 'open') this.#leave()
    if (!wanted && !kept) {
      this.#leave()
      return
    }
    if (this.#seat !== null) this.#seat.sync(wanted, kept)
    else if (wanted && !this.#seeking) void this.#sit(this.#sitting)
  }

  deadline(): number | null {
    if (this.#seat !== null) return this.#seat.deadline()
    return this.#seeking ? this.#soughtAt + SEEK_MS : null
  }

  tick(): void {
    this.#seat?.tick()
    if (this.#seat !== null || !this.#seeking || this.#owner.alarm.now() < this.#soughtAt + SEEK_MS) return
    this.#sitting += 1
    this.#seeking = false
  }

  nudge(): void {
    this.#seat?.nudge()
  }

  force(): void {
    this.#seat?.force()
  }

  restart(): void {
    this.#seat?.restart()
  }

  reopen(): void {
    this.#seat?.reopen()
  }

  renew(): void {
    void this.#recheck()
  }

  switchUser(): void {
    this.#leave()
  }

  stop(): void {
    this.#leave()
  }

  logout(): void {
    this.#seat?.logout()
    void this.#tellLogout()
    this.#loggedOut()
  }

  close(): void {
    this.#leave()
  }

  #loggedOut(): void {
    this.#leave()
    this.#owner.forgetUser()
  }

  #leave(): void {
    this.#sitting += 1
    this.#seeking = false
    if (this.#seat === null) return
    const seat = this.#seat
    this.#seat = null
    seat.close()
    this.#owner.sender.forget()
    this.#owner.onChange()
  }

  /** The other credential may be another user's, as when one who was nobody signs in: their tabs are others. */
  async #recheck(): Promise<void> {
    if (this.#seat === null) {
      // Whoever is being asked for may be the user of before.
      this.#sitting += 1
      this.#seeking = false
    } else {
      const sitting = this.#sitting
      // Where there is none now, the renewal itself meets the error, and shows it.
      const user = await this.#owner.sender.identity().catch(() => this.#user)
      if (sitting !== this.#sitting) return
      // Kept for the stream's renewal; where another holds the stream it would grow old.
      if (this.#seat.active === 0) this.#owner.sender.forget()
      if (user === this.#user) this.#seat.renew()
      else this.#leave()
    }
    this.#owner.schedule()
  }

  /** Tells the user's other tabs; at once where it is known who that is, since the page may be about to go. */
  async #tellLogout(): Promise<void> {
    const known = this.#seat === null ? undefined : this.#user
    const user = known ?? (await this.#owner.sender.identity().catch(() => null))
    if (user === null || typeof BroadcastChannel !== 'function') return
    const channel = new BroadcastChannel(this.#name(user))
    channel.postMessage({ kind: 'logout' } satisfies GroupWord)
    channel.close()
  }

  #name(user: string): string {
    return `monofil ${SHARING_VERSION} ${JSON.stringify([this.#owner.url, user])}`
  }

  async #sit(sitting: number): Promise<void> {
    this.#seeking = true
    this.#soughtAt = this.#owner.alarm.now()
    this.#owner.onChange()
    const { sender, logger } = this.#owner
    let user: string | null = null
    let failed: unknown = null
    try {
      user = await sender.identity()
    } catch (error) {
      // The attempt to open a stream meets the same error, and shows it as every such error is shown.
      failed = error
    }
    if (sitting !== this.#sitting) return
    const seat = failed === null ? await this.#take(user) : this.#alone('the credential could not be had yet')
    // The tab may have left, or begun anew, meanwhile.
    if (sitting !== this.#sitting) return seat.close()
    this.#seeking = false
    this.#provisional = failed !== null
    this.#user = failed === null ? user : undefined
    this.#seat = seat
    const { unshared } = this.#seat.ranks
    if (unshared !== null) logger.info('monofil shares no stream', { reason: unshared, marker: this.#marker })
    this.#seat.sync(this.#wish.wanted, this.#wish.kept)
    this.#owner.onChange()
  }

  async #take(user: string | null): Promise<Seat> {
    if (user === null) {
      return this.#alone(
        'the user is not known: the token is no JWT with a sub, or headers or fetch are your own; give `user`',
      )
    }
    // A hub that knows no users tells streams apart by name alone, and the last user's other tabs may go on under it.
    if (typeof this.#user === 'string' && user !== this.#user) {
      this.#marker = `${this.#marker.slice(0, 100)}-${Math.random().toString(36).slice(2, 8)}`
    }
    const { options } = this.#owner
    const name = this.#name(user)
    const owner = { route: this.#owner, marker: this.#marker, onLogout: () => this.#loggedOut() }
    const { worker } = options()
    try {
      const locks = typeof navigator === 'object' && navigator.locks !== undefined
      if (locks && typeof BroadcastChannel === 'function') return new LockSeat(name, owner)
      if (worker && typeof SharedWorker === 'function') {
        // Loaded only by the few pages that need it.
        const { WorkerSeat } = await import('./worker-seat.ts')
        return new WorkerSeat(name, worker, owner)
      }
    } catch (error) {
      // As where a browser forbids storage, and all that is shared with it.
      return this.#alone(`the browser forbids it: ${error instanceof Error ? error.message : String(error)}`)
    }
    return this.#alone(
      worker
        ? 'there are neither Web Locks with BroadcastChannel nor SharedWorker'
        : 'there are no Web Locks; give `worker`',
    )
  }

  #alone(reason: string): Seat {
    return new OwnRoute(this.#owner, () => this.#marker, 'own', reason)
  }
}

/** A credential that takes longer is asked for again: a function that hangs once must not end everything. */
const SEEK_MS = 45_000
/** Events per topic that a tab keeps for the others: what goes by during a takeover, mostly. */
const KEPT = 32
