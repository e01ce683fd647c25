import type { Alarm } from '../alarm.ts'
import type { Recorder } from '../notes.ts'
import {
  AWAY,
  type ElectionInput,
  type ElectionSettings,
  type ElectionState,
  electionDeadline,
  nextElection,
} from './election-state.ts'
import type { GroupWord, Lead } from './words.ts'

/** What an election needs from its owner. */
export interface ElectionOwner {
  readonly alarm: Alarm
  readonly tab: string
  /** The name of this tab's stream where it inherits none. */
  readonly marker: string
  readonly settings: () => ElectionSettings
  readonly recorder?: (() => Recorder | null | undefined) | undefined
  onChange(before: ElectionState, after: ElectionState): void
  onLogout(): void
}

/** Which hold on the lock the state asks for. */
type Hold = 'none' | 'queued' | 'taken' | 'held'

/** The effects of the election's machine: one Web Lock, one channel to all tabs of the user. */
export class Election {
  readonly #name: string
  readonly #owner: ElectionOwner
  #state: ElectionState = AWAY
  #channel: BroadcastChannel | null = null
  /** A second ear on the same channel: a channel does not hear itself. */
  #echo: BroadcastChannel | null = null
  #hold: Hold = 'none'
  #letGo: (() => void) | null = null

  constructor(name: string, owner: ElectionOwner) {
    this.#name = name
    this.#owner = owner
  }

  get state(): ElectionState {
    return this.#state
  }

  deadline(): number | null {
    return electionDeadline(this.#state, this.#owner.settings())
  }

  /** This tab's lead, to be announced; null while it has none. */
  get lead(): Lead | null {
    const state = this.#state
    if (state.phase !== 'leading') return null
    const { term, stolen, visibleSince } = state
    const marker = state.marker ?? this.#owner.marker
    return { term, tab: this.#owner.tab, marker, visible: visibleSince !== null, stolen }
  }

  input(input: ElectionInput): void {
    const before = this.#state
    const world = { now: this.#owner.alarm.now(), settings: this.#owner.settings() }
    const after = nextElection(before, input, world)
    if (after === before) return
    this.#state = after
    this.#owner.recorder?.()?.note('election', { before, input, after, ...world })
    this.#setChannel()
    this.#setLock()
    const asked =
      'askedAt' in after && after.askedAt !== null && !('askedAt' in before && before.askedAt === after.askedAt)
    if (asked) this.#say({ kind: 'who', tab: this.#owner.tab })
    const lead = this.lead
    const news = before.phase !== 'leading' || (before.visibleSince === null) !== (after.visibleSince === null)
    if (lead !== null && news) this.#say({ kind: 'lead', lead })
    this.#owner.onChange(before, after)
  }

  #say(word: GroupWord): void {
    this.#channel?.postMessage(word)
  }

  #setChannel(): void {
    const open = this.#state.phase !== 'away' && this.#state.phase !== 'alone'
    if (open === (this.#channel !== null)) return
    this.#channel?.close()
    this.#echo?.close()
    this.#channel = open ? new BroadcastChannel(this.#name) : null
    this.#echo = open ? new BroadcastChannel(this.#name) : null
    if (this.#channel) this.#channel.onmessage = ({ data }) => this.#hear(data as GroupWord)
    if (this.#echo) this.#echo.onmessage = ({ data }) => this.#overhear(data as GroupWord)
  }

  #hear(word: GroupWord): void {
    if (word.kind === 'logout') {
      this.#owner.onLogout()
      return
    }
    if (word.kind === 'lead') {
      const mine = this.lead
      this.input({ type: 'lead', lead: word.lead })
      // One who thinks it leads and does not, as after sleep, is told.
      if (mine !== null && this.lead !== null && word.lead.term < mine.term) this.#say({ kind: 'lead', lead: mine })
    } else if (this.lead !== null) {
      this.#say({ kind: 'lead', lead: this.lead })
    }
  }

  #overhear(word: GroupWord): void {
    if (word.kind === 'who' && word.tab === this.#owner.tab) this.input({ type: 'echo' })
  }

  #setLock(): void {
    const state = this.#state
    const waits = state.phase === 'seeking' || state.phase === 'following'
    const hold: Hold =
      state.phase === 'leading' ? 'held' : waits ? (state.taking === null ? 'queued' : 'taken') : 'none'
    if (hold === this.#hold) return
    const old = this.#hold
    this.#hold = hold
    if (hold === 'held') return
    // A lock that was lost cannot be kept, and a place in line is left before another one is taken.
    if (old !== 'none') this.#letGo?.()
    this.#letGo = hold === 'none' ? null : this.#request(hold === 'taken')
  }

  /** Asks for the lock; answers the function that gives it back, or leaves the line. */
  #request(steal: boolean): () => void {
    const leave = new AbortController()
    let over = false
    const { promise: released, resolve: release } = Promise.withResolvers<void>()
    const hold = () => {
      if (over) return
      this.input({ type: 'granted' })
      return released
    }
    const options = steal ? { steal } : { signal: leave.signal }
    navigator.locks.request(this.#name, options, hold).then(
      () => {},
      (error: unknown) => {
        // Ours to abort, taken from us, or not to be had here at all, as where a browser forbids storage.
        if (over) return
        const { name, message } = error as DOMException
        if (name === 'AbortError') this.input({ type: 'ousted' })
        else this.input({ type: 'barred', reason: `the browser forbids it: ${message}` })
      },
    )
    return () => {
      over = true
      release()
      leave.abort()
    }
  }
}
