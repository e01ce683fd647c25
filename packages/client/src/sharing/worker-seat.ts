import { INITIAL } from '../connection-state.ts'
import { describe } from '../info.ts'
import { OwnRoute } from '../own-route.ts'
import type { ConnectionInfo } from '../types.ts'
import { Follower } from './follower.ts'
import type { FromWorker, ToWorker } from './port-words.ts'
import type { Seat, SeatOwner } from './seat.ts'
import { settingsOf } from './settings.ts'

/** Starts without an answer, after which a tab has a stream of its own. */
const STARTS = 2

/** A seat by SharedWorker: the worker holds the stream and every tab follows it, over a port of its own. */
export class WorkerSeat implements Seat {
  readonly #owner: SeatOwner
  readonly #start: () => SharedWorker
  #port: MessagePort | null = null
  #follower: Follower | null = null
  #alone: OwnRoute | null = null
  #lead: { readonly marker: string; readonly term: number } | null = null
  #heardAt: number
  #askedAt: number | null = null
  #starts = 0
  #wish = { wanted: true, kept: true }
  readonly #electing: ConnectionInfo

  constructor(name: string, start: (name: string) => SharedWorker, owner: SeatOwner) {
    this.#owner = owner
    this.#start = () => start(name)
    this.#heardAt = owner.route.alarm.now()
    this.#electing = { ...describe(INITIAL, 'electing', owner.marker, 0), status: 'connecting' }
    this.#open()
  }

  get active(): number {
    return this.#alone?.active ?? 0
  }

  get ranks(): Seat['ranks'] {
    if (this.#alone !== null) return this.#alone.ranks
    const rank = this.#lead ? `follower of ${this.#lead.marker}` : 'electing'
    return { transport: 'worker', unshared: null, rank }
  }

  info(): ConnectionInfo {
    return this.#alone?.info() ?? this.#follower?.info ?? this.#electing
  }

  sync(wanted: boolean, kept: boolean): void {
    this.#wish = { wanted, kept }
    this.#alone?.sync(wanted, kept)
    this.#follower?.sync()
  }

  deadline(): number | null {
    if (this.#alone !== null) return this.#alone.deadline()
    if (globalThis.document?.visibilityState === 'hidden') return null
    const { silenceMs, answerMs } = settingsOf(this.#owner.route.options())
    return this.#askedAt === null ? this.#heardAt + silenceMs : this.#askedAt + answerMs
  }

  tick(): void {
    if (this.#alone !== null) {
      this.#alone.tick()
      return
    }
    const at = this.deadline()
    const now = this.#owner.route.alarm.now()
    if (at === null || now < at) return
    if (this.#askedAt === null) this.#ask()
    else if (this.#starts < STARTS) this.#open()
    else this.#giveUp('the shared worker does not answer')
  }

  nudge(): void {
    if (this.#alone !== null) this.#alone.nudge()
    else if (this.#askedAt === null) this.#ask()
  }

  force(): void {
    this.#alone?.force()
    this.#post({ kind: 'force' })
  }

  restart(): void {
    this.#alone?.restart()
    this.#post({ kind: 'restart' })
  }

  reopen(): void {
    this.#alone?.reopen()
    this.#follower?.attach()
  }

  /** The worker asks the tabs for a credential whenever it needs one: a new one is fetched by a renewal there. */
  renew(): void {
    this.#alone?.renew()
    this.#post({ kind: 'renew' })
  }

  logout(): void {
    this.#post({ kind: 'logout' })
  }

  close(): void {
    this.#alone?.close()
    this.#closePort()
  }

  #ask(): void {
    this.#askedAt = this.#owner.route.alarm.now()
    this.#post({ kind: 'who' })
    this.#owner.route.schedule()
  }

  #post(word: ToWorker): void {
    this.#port?.postMessage(word)
  }

  #open(): void {
    this.#closePort()
    this.#starts += 1
    const worker = this.#start()
    worker.onerror = () => this.#giveUp('the shared worker did not start')
    this.#port = worker.port
    this.#port.onmessage = ({ data }) => this.#hear(data as FromWorker)
    const { url, options } = this.#owner.route
    const { token, backoff, reconnect, maxAttempts, lingerMs, silenceMs } = options()
    const config = { url, tokens: token !== undefined, backoff, reconnect, maxAttempts, lingerMs, silenceMs }
    this.#post({ kind: 'config', config })
    this.#ask()
  }

  #closePort(): void {
    this.#follower?.close()
    this.#follower = null
    this.#lead = null
    this.#port?.close()
    this.#port = null
  }

  #giveUp(reason: string): void {
    if (this.#alone !== null) return
    const { route, marker } = this.#owner
    this.#closePort()
    this.#alone = new OwnRoute(route, () => marker, 'own', reason)
    this.#alone.sync(this.#wish.wanted, this.#wish.kept)
    route.onChange()
    route.schedule()
  }

  #hear(said: FromWorker): void {
    const { route, onLogout } = this.#owner
    this.#heardAt = route.alarm.now()
    this.#askedAt = null
    this.#starts = 0
    if (said.kind === 'logout') {
      onLogout()
      return
    }
    if (said.kind === 'words') this.#follower?.take(said.words)
    // Another term: the browser ended the worker and started it anew behind the same port.
    else if (said.term !== this.#lead?.term) this.#follow(said)
    route.schedule()
  }

  #follow(lead: { readonly marker: string; readonly term: number }): void {
    const { route } = this.#owner
    this.#lead = lead
    route.sender.forget()
    if (this.#follower) {
      this.#follower.attach()
      return
    }
    this.#follower = new Follower({
      topics: route.topics,
      sender: route.sender,
      post: (word) => this.#post(word),
      onYours() {},
      onInfo: route.onChange,
    })
    route.onChange()
  }
}
