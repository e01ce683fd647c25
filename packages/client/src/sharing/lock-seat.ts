import { INITIAL } from '../connection-state.ts'
import { describe } from '../info.ts'
import type { ClientOptions } from '../options.ts'
import { OwnRoute } from '../own-route.ts'
import type { ConnectionInfo } from '../types.ts'
import { Election } from './election.ts'
import type { ElectionSettings, ElectionState } from './election-state.ts'
import { Follower } from './follower.ts'
import { Leader } from './leader.ts'
import { Mailbox } from './mailbox.ts'
import type { Seat, SeatOwner } from './seat.ts'
import { settingsOf } from './settings.ts'
import type { DownWord, Letter, UpWord } from './words.ts'

/** A seat by Web Locks: whoever has the lock leads, the others follow over BroadcastChannels. */
export class LockSeat implements Seat {
  readonly #owner: SeatOwner
  readonly #tab = Math.random().toString(36).slice(2)
  /** Two tabs that are looked at would lose patience with a leader, and take the lead, at the same moment. */
  readonly #patience = 1 + Math.random() / 4
  readonly #election: Election
  readonly #mailbox: Mailbox<UpWord | readonly DownWord[], UpWord | readonly DownWord[]>
  #leader: Leader | null = null
  #follower: Follower | null = null
  #alone: OwnRoute | null = null
  #wish = { wanted: true, kept: true }
  readonly #electing: ConnectionInfo
  readonly #onVisibility = () => this.#see()

  constructor(name: string, owner: SeatOwner) {
    this.#owner = owner
    const { alarm, options } = owner.route
    this.#electing = { ...describe(INITIAL, 'electing', owner.marker, 0), status: 'connecting' }
    this.#mailbox = new Mailbox(name, this.#tab, (letter) => this.#letter(letter))
    this.#election = new Election(name, {
      alarm,
      recorder: owner.route.recorder,
      tab: this.#tab,
      marker: owner.marker,
      settings: () => this.#settings(options()),
      onChange: (before, after) => this.#changed(before, after),
      onLogout: owner.onLogout,
    })
    globalThis.document?.addEventListener('visibilitychange', this.#onVisibility)
    this.#see()
    this.#election.input({ type: 'join' })
  }

  get #route(): Leader | OwnRoute | null {
    return this.#leader ?? this.#alone
  }

  get active(): number {
    return this.#route?.active ?? 0
  }

  get ranks(): Seat['ranks'] {
    if (this.#route !== null) return this.#route.ranks
    const { state } = this.#election
    const rank = state.phase === 'following' ? `follower of ${state.lead.marker}` : 'electing'
    return { transport: 'locks', unshared: null, rank }
  }

  info(): ConnectionInfo {
    return this.#route?.info() ?? this.#follower?.info ?? this.#electing
  }

  sync(wanted: boolean, kept: boolean): void {
    this.#wish = { wanted, kept }
    this.#route?.sync(wanted, kept)
    this.#follower?.sync()
  }

  deadline(): number | null {
    const [election, route] = [this.#election.deadline(), this.#route?.deadline() ?? null]
    return election === null || route === null ? (election ?? route) : Math.min(election, route)
  }

  tick(): void {
    this.#route?.tick()
    this.#election.input({ type: 'tick' })
  }

  nudge(): void {
    this.#route?.nudge()
  }

  force(): void {
    this.#route?.force()
    this.#up({ kind: 'force' })
  }

  restart(): void {
    this.#route?.restart()
    this.#up({ kind: 'restart' })
  }

  reopen(): void {
    this.#route?.restart()
    this.#follower?.attach()
  }

  renew(): void {
    this.#route?.renew()
    this.#up({ kind: 'renew' })
  }

  /** The route tells the others, since a tab without a seat must too. */
  logout(): void {}

  close(): void {
    globalThis.document?.removeEventListener('visibilitychange', this.#onVisibility)
    this.#election.input({ type: 'leave' })
    this.#mailbox.close()
  }

  #settings(options: ClientOptions): ElectionSettings {
    const settings = settingsOf(options)
    // Whole milliseconds: a clock may never reach the fraction that an alarm was set to, and the alarm ring for ever.
    return { ...settings, answerMs: Math.round(settings.answerMs * this.#patience) }
  }

  #see(): void {
    this.#election.input({ type: 'visible', visible: globalThis.document?.visibilityState !== 'hidden' })
  }

  #changed(before: ElectionState, after: ElectionState): void {
    if (before.phase !== after.phase || leadOf(before) !== leadOf(after)) this.#reseat(before, after)
    else if (after.phase === 'following' && before.phase === 'following' && after.begged && !before.begged) {
      this.#up({ kind: 'yield' })
    } else if (after.phase === 'leading' && after.yieldedAt === null) this.#leader?.yield(null)
    this.#owner.route.schedule()
  }

  /** Another holds the stream than before: what was read there goes on from this tab's own cursors. */
  #reseat(before: ElectionState, after: ElectionState): void {
    const { route, marker } = this.#owner
    const { logger } = route
    this.#follower?.close()
    this.#route?.close()
    this.#follower = this.#leader = this.#alone = null
    this.#mailbox.forgetAll()
    logger.debug(`monofil ${after.phase}`, { from: before.phase, term: after.term, marker })
    if (after.phase === 'leading') {
      this.#leader = new Leader({
        route,
        marker: after.marker ?? marker,
        post: (tab, words) => this.#down(tab, after.term, words),
        onYield: (tab) => this.#yield(tab),
      })
    } else if (after.phase === 'following') {
      route.sender.forget()
      this.#follower = new Follower({
        topics: route.topics,
        sender: route.sender,
        post: (word) => this.#mailbox.post(after.lead.tab, after.lead.term, word),
        onYours: () => this.#election.input({ type: 'yours' }),
        onInfo: route.onChange,
      })
    } else if (after.phase === 'alone') {
      // The others may go on under this tab's name: under the same one, each stream would end the other.
      const own = `${marker.slice(0, 100)}-${this.#tab}`
      this.#alone = new OwnRoute(route, () => own, 'own', after.reason)
    }
    this.#route?.sync(this.#wish.wanted, this.#wish.kept)
    route.onChange()
  }

  #yield(tab: string): void {
    const before = this.#election.state
    this.#election.input({ type: 'yield' })
    if (this.#election.state !== before) this.#leader?.yield(tab)
  }

  #down(tab: string, term: number, words: readonly DownWord[]): void {
    this.#mailbox.post(tab, term, words)
    // The tab may never come back, as after a crash.
    if (words[0]?.[0] === 'gone') this.#mailbox.forget(tab)
  }

  #up(word: UpWord): void {
    const { state } = this.#election
    if (state.phase === 'following') this.#mailbox.post(state.lead.tab, state.lead.term, word)
  }

  #letter({ term, from, word }: Letter<UpWord | readonly DownWord[]>): void {
    const { state } = this.#election
    if ('kind' in word) {
      if (state.phase !== 'leading' || term !== state.term) return
      this.#leader?.take(from, word)
      if (word.kind === 'detach') this.#mailbox.forget(from)
    } else if (state.phase === 'following' && term === state.lead.term && from === state.lead.tab) {
      this.#election.input({ type: 'heard', term })
      this.#follower?.take(word)
    }
  }
}

/** Whose stream a tab rides. */
function leadOf(state: ElectionState): string | null {
  return state.phase === 'following' ? `${state.lead.term} ${state.lead.tab}` : null
}
