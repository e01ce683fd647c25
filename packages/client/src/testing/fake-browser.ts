import { Alarm } from '../alarm.ts'
import { Election } from '../sharing/election.ts'
import { type ElectionSettings, type ElectionState, electionDeadline } from '../sharing/election-state.ts'
import type { GroupWord } from '../sharing/words.ts'

type Steal = { readonly at: number; readonly tab: string; readonly since: number }
interface Request {
  readonly tab: FakeTab
  readonly hold: () => unknown
  readonly lost: (error: DOMException) => void
  readonly steal: boolean
}

/**
 * What tabs have in common, with every delay and order in the test's hands: one lock with its line, and a channel that
 * keeps the order of each sender. A model, since real locks show one order of many.
 */
export class FakeBrowser {
  now = 1_000_000
  /** How long the next word, grant or release is under way, in ms. */
  delay: () => number = () => 1
  readonly tabs: FakeTab[] = []
  readonly steals: Steal[] = []
  readonly #tasks: { at: number; order: number; tab: FakeTab | null; run: () => void }[] = []
  /** Until when each sender's last word to each hearer is under way: none overtakes another. */
  readonly #ways = new Map<string, number>()
  #orders = 0
  #holder: Request | null = null
  #line: Request[] = []
  /** Whose code runs: the globals belong to that tab. */
  #current: FakeTab | null = null

  /** What the code under test finds as `BroadcastChannel` and `navigator`. */
  globals(): { readonly BroadcastChannel: unknown; readonly navigator: unknown } {
    const here = () => {
      if (this.#current === null) throw new Error('no tab runs')
      return this.#current
    }
    class Channel extends FakeChannel {
      constructor() {
        super(here())
      }
    }
    return { BroadcastChannel: Channel, navigator: { locks: { request: this.#request.bind(this) } } }
  }

  /** Runs a tab's code. */
  in(tab: FakeTab, run: () => void): void {
    const before = this.#current
    this.#current = tab
    run()
    this.#current = before
  }

  open(visible: boolean, settings: ElectionSettings): FakeTab {
    const tab = new FakeTab(this, `t${this.tabs.length}`, settings)
    this.tabs.push(tab)
    this.in(tab, () => {
      tab.election.input({ type: 'visible', visible })
      tab.election.input({ type: 'join' })
    })
    return tab
  }

  post(from: FakeTab, to: FakeTab, run: () => void): void {
    const way = `${from.name} ${to.name}`
    const at = Math.max(this.now + this.delay(), this.#ways.get(way) ?? 0)
    this.#ways.set(way, at)
    this.#tasks.push({ at, order: this.#orders++, tab: to, run: () => to.deaf || run() })
  }

  /** Lets everything happen that is due within `ms`. */
  async pass(ms: number): Promise<void> {
    const end = this.now + ms
    for (;;) {
      await settled()
      const task = this.#tasks.toSorted((a, b) => a.at - b.at || a.order - b.order)[0]
      const tab = this.tabs.toSorted((a, b) => (a.due < b.due ? -1 : 1))[0]
      const at = Math.min(task?.at ?? Number.POSITIVE_INFINITY, tab?.due ?? Number.POSITIVE_INFINITY)
      if (at > end) break
      this.now = Math.max(this.now, at)
      if (task?.at === at) {
        this.#tasks.splice(this.#tasks.indexOf(task), 1)
        if (task.tab === null) task.run()
        else task.tab.run(task.run)
      } else tab?.tick()
    }
    this.now = end
  }

  /** A tab is gone: what it held or waited for is free a moment later. */
  drop(tab: FakeTab): void {
    this.#later(null, () => {
      this.#line = this.#line.filter((request) => request.tab !== tab)
      if (this.#holder?.tab === tab) this.#free(this.#holder)
    })
  }

  #request(_: string, { steal = false, signal }: { steal?: boolean; signal?: AbortSignal }, hold: () => unknown) {
    const tab = this.#current as FakeTab
    return {
      // biome-ignore lint/suspicious/noThenProperty: a promise would call back outside of its tab
      then: (_done: () => void, lost: (error: DOMException) => void) => {
        const request: Request = { tab, hold, lost, steal }
        this.#later(null, () => this.#arrive(request))
        signal?.addEventListener('abort', () => {
          this.#later(null, () => {
            this.#line = this.#line.filter((one) => one !== request)
          })
        })
      },
    }
  }

  #arrive(request: Request): void {
    if (request.tab.gone) return
    if (request.steal) {
      const loser = this.#holder
      this.#holder = null
      if (loser) this.#later(loser.tab, () => loser.lost(new DOMException('stolen', 'AbortError')))
      this.#line.unshift(request)
    } else this.#line.push(request)
    this.#grant()
  }

  #grant(): void {
    if (this.#holder !== null) return
    const next = this.#line.shift() ?? null
    this.#holder = next
    if (next === null) return
    this.#later(next.tab, () => {
      const free = () => this.#later(null, () => this.#free(next))
      const released = next.hold()
      if (released instanceof Promise) void released.then(free)
      else free()
    })
  }

  #free(request: Request): void {
    if (this.#holder !== request) return
    this.#holder = null
    this.#grant()
  }

  #later(tab: FakeTab | null, run: () => void): void {
    this.#tasks.push({ at: this.now + this.delay(), order: this.#orders++, tab, run })
  }
}

/** A tab with its election, which may sleep, crash, or hear nothing. */
export class FakeTab {
  readonly name: string
  readonly election: Election
  readonly settings: ElectionSettings
  readonly channels = new Set<FakeChannel>()
  /** Every state it was in. */
  readonly terms: number[] = []
  deaf = false
  frozen = false
  gone = false
  /** Since when it is among the tabs. */
  since: number
  /** Alarms in a row at one moment. */
  ticks = 0
  #tickedAt = 0
  readonly #browser: FakeBrowser
  readonly #backlog: (() => void)[] = []

  constructor(browser: FakeBrowser, name: string, settings: ElectionSettings) {
    this.#browser = browser
    this.name = name
    this.settings = settings
    this.since = browser.now
    this.election = new Election('monofil', {
      alarm: new Alarm({ now: () => browser.now, after: () => () => {} }, () => {}),
      tab: name,
      marker: name,
      settings: () => settings,
      onChange: (before, after) => this.#changed(before, after),
      onLogout() {},
    })
  }

  get state(): ElectionState {
    return this.election.state
  }

  /** When its alarm rings. */
  get due(): number {
    if (this.frozen || this.gone) return Number.POSITIVE_INFINITY
    return electionDeadline(this.state, this.settings) ?? Number.POSITIVE_INFINITY
  }

  run(task: () => void): void {
    if (this.gone) return
    if (this.frozen) this.#backlog.push(task)
    else this.#browser.in(this, task)
  }

  tick(): void {
    this.ticks = this.#tickedAt === this.#browser.now ? this.ticks + 1 : 1
    this.#tickedAt = this.#browser.now
    if (this.ticks > 3) throw new Error(`the alarm of ${this.name} rings for nothing: ${JSON.stringify(this.state)}`)
    this.run(() => this.election.input({ type: 'tick' }))
  }

  /** Goes on: with what waited for it, or with its alarm first. */
  thaw(alarmFirst: boolean): void {
    this.frozen = false
    if (alarmFirst && this.due <= this.#browser.now) this.tick()
    for (const task of this.#backlog.splice(0)) this.run(task)
  }

  /** Ends with a word, or without. */
  end(crash: boolean): void {
    if (this.gone) return
    if (!crash && !this.frozen) this.run(() => this.election.input({ type: 'leave' }))
    this.gone = true
    this.channels.clear()
    this.#browser.drop(this)
  }

  see(visible: boolean): void {
    this.run(() => this.election.input({ type: 'visible', visible }))
  }

  #changed(before: ElectionState, after: ElectionState): void {
    this.terms.push(after.term)
    if ('taking' in after && after.taking === 'force' && !('taking' in before && before.taking === 'force')) {
      if (after.visibleSince === null) throw new Error(`${this.name} is hidden and takes the lead by force`)
      this.#browser.steals.push({ at: this.#browser.now, tab: this.name, since: this.since })
    }
    // The letters of seats: a tab that is looked at begs, and a hidden leader gives.
    const begs = after.phase === 'following' && after.begged && !(before.phase === 'following' && before.begged)
    const leader = begs ? this.#browser.tabs.find(({ name }) => name === after.lead.tab) : undefined
    if (leader) this.#browser.post(this, leader, () => this.#begged(leader, after.term))
  }

  #begged(leader: FakeTab, term: number): void {
    if (leader.state.phase !== 'leading' || leader.state.term !== term) return
    const before = leader.state
    leader.election.input({ type: 'yield' })
    if (leader.state === before) return
    this.#browser.post(leader, this, () => {
      if (this.state.phase === 'following' && this.state.lead.term === term) this.election.input({ type: 'yours' })
    })
  }

  say(channel: FakeChannel, word: GroupWord): void {
    for (const tab of this.#browser.tabs) {
      for (const other of tab.channels) {
        if (other === channel) continue
        this.#browser.post(this, tab, () => tab.channels.has(other) && other.onmessage?.({ data: word }))
      }
    }
  }
}

class FakeChannel {
  onmessage: ((event: { data: unknown }) => void) | null = null
  readonly #tab: FakeTab

  constructor(tab: FakeTab) {
    this.#tab = tab
    tab.channels.add(this)
  }

  postMessage(word: GroupWord): void {
    if (!this.#tab.gone) this.#tab.say(this, word)
  }

  close(): void {
    this.#tab.channels.delete(this)
  }
}

/** Lets promises that were settled in this turn have their say. */
async function settled(): Promise<void> {
  for (let i = 0; i < 3; i += 1) await Promise.resolve()
}
