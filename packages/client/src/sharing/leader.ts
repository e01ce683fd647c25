import { OwnRoute } from '../own-route.ts'
import type { Route, RouteOwner } from '../route.ts'
import type { ConnectionInfo } from '../types.ts'
import { Relay } from './relay.ts'
import type { DownWord, UpWord } from './words.ts'

/** What a leader needs beside what every route does. */
export interface LeaderOwner {
  readonly route: RouteOwner
  /** The stream's name at the hub. */
  readonly marker: string
  post(tab: string, words: readonly DownWord[]): void
  /** A tab that is looked at asks for the lead. */
  onYield(tab: string): void
}

/** The tab, or worker, that holds the browser's stream: its own route to the hub, and the relay to the others. */
export class Leader implements Route {
  readonly #owner: LeaderOwner
  readonly #own: OwnRoute
  readonly #relay: Relay
  /** The lead is given away: the stream is ended and nothing is opened any more. */
  #yielding = false
  /** The stream was taken back from another of its name. */
  #defended = false

  constructor(owner: LeaderOwner) {
    this.#owner = owner
    const { topics, alarm, sender, onChange, schedule } = owner.route
    this.#relay = new Relay({
      topics,
      now: () => alarm.now(),
      info: () => this.info(),
      post: owner.post,
      onCommand: (tab, command) => this.#command(tab, command),
      schedule,
    })
    const heard: RouteOwner = {
      ...owner.route,
      onChange: () => {
        onChange()
        this.#relay.tell()
        this.#defend()
      },
      onFrame: () => this.#relay.pulse(),
    }
    this.#own = new OwnRoute(heard, () => owner.marker, 'leader')
    sender.borrow = (renew) => this.borrow(renew)
  }

  get active(): number {
    return this.#own.active
  }

  get ranks(): Route['ranks'] {
    const { size } = this.#relay
    const tabs = size === 1 ? 'tab' : 'tabs'
    const rank = size === 0 ? 'leader, alone' : `leader of ${size} ${tabs}`
    return { ...this.#own.ranks, transport: 'locks', rank }
  }

  info(): ConnectionInfo {
    return this.#own.info()
  }

  /** A word of a tab that follows. */
  take(tab: string, word: UpWord): void {
    this.#relay.take(tab, word)
  }

  /** A credential of another tab; undefined when there is none. */
  borrow(renew: boolean): Promise<string | undefined> {
    return this.#relay.borrow(renew)
  }

  sync(wanted: boolean, kept: boolean): void {
    if (!this.#yielding) this.#own.sync(wanted, kept)
  }

  deadline(): number | null {
    const [own, relay] = [this.#own.deadline(), this.#relay.deadline()]
    return own === null || relay === null ? (own ?? relay) : Math.min(own, relay)
  }

  tick(): void {
    this.#own.tick()
    this.#relay.tick()
  }

  nudge(): void {
    this.#own.nudge()
  }

  force(): void {
    this.#own.force()
  }

  restart(): void {
    this.#own.restart()
  }

  reopen(): void {
    this.#own.reopen()
  }

  renew(): void {
    this.#own.renew()
  }

  switchUser(): void {
    this.#own.switchUser()
  }

  stop(): void {
    this.#own.stop()
  }

  logout(): void {
    this.#own.logout()
  }

  /** Ends the stream and gives the lead to a tab; null takes it back. */
  yield(tab: string | null): void {
    this.#yielding = tab !== null
    if (tab === null) return
    this.stop()
    this.#relay.yours(tab)
  }

  close(): void {
    this.#owner.route.sender.borrow = null
    this.#relay.close()
    this.#own.close()
  }

  /**
   * A tab that led before and slept may wake in the middle of an attempt, under the name of this stream, before it
   * hears that it leads no more. Once per lead, since another client may rightly bear that name.
   */
  #defend(): void {
    if (this.#defended || this.#own.info().reason !== 'replaced') return
    this.#defended = true
    this.#own.restart()
    this.#owner.route.schedule()
  }

  #command(tab: string, command: 'force' | 'restart' | 'renew' | 'yield'): void {
    if (command === 'yield') {
      this.#owner.onYield(tab)
      return
    }
    this[command]()
    this.#owner.route.schedule()
  }
}
