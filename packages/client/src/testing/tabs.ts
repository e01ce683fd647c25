import type { Envelope, Gap, SubscriptionAnswer } from '@monofil/protocol'
import { Core } from '../core.ts'
import { diagnose } from '../diagnose.ts'
import type { ClientOptions } from '../options.ts'
import { SharedRoute } from '../sharing/shared-route.ts'
import type { Diagnostics, SubscriptionEnd } from '../types.ts'
import { FakeClock } from './fake-clock.ts'

/** What one subscriber was handed, in order. */
export interface Seen {
  readonly offsets: (number | null)[]
  readonly gaps: Gap[]
  readonly snapshots: unknown[]
  readonly states: unknown[]
  readonly ends: SubscriptionEnd[]
  readonly taken: SubscriptionAnswer[]
  leave(): void
}

/** Tabs of one browser in one process, with its real locks and channels: past the registry, which knows one page. */
export class Tabs {
  readonly url: string
  readonly clock = new FakeClock()
  readonly all: Core[] = []

  constructor(url: string) {
    this.url = url
  }

  open(options: ClientOptions = {}): Core {
    const settings = { clock: this.clock, random: () => 0.5, ...options }
    const tab = new Core(this.url, settings, (owner, marker) => new SharedRoute(owner, marker))
    this.all.push(tab)
    return tab
  }

  close(tab: Core): void {
    const at = this.all.indexOf(tab)
    if (at >= 0) this.all.splice(at, 1)
    tab.close()
  }

  closeAll(): void {
    for (const tab of this.all.splice(0)) tab.close()
  }

  /** A leader that follows `topic`, and another tab that follows what `also` is. */
  async pair(topic: string, also: string, options: ClientOptions = {}) {
    const leader = this.open(options)
    const led = follow(leader, topic)
    await settled(leader)
    const other = this.open(options)
    const following = follow(other, also)
    await settled(other)
    const roles = [leader, other].map((tab) => tab.route.info().role).join()
    if (roles !== 'leader,follower') throw new Error(`the tabs are ${roles}`)
    return { leader, led, other, following }
  }

  /** Lets time pass, in such steps, until `condition` holds. */
  passing(ms: number, condition: () => void): Promise<void> {
    return until(() => {
      this.clock.advance(ms)
      condition()
    })
  }

  get leader(): Core | undefined {
    return this.all.find((tab) => tab.route.info().role === 'leader')
  }
}

export function follow(tab: Core, topic: string, cursor?: string): Seen {
  const seen = { offsets: [], gaps: [], snapshots: [], states: [], ends: [], taken: [] } as Omit<Seen, 'leave'>
  const leave = tab.subscribe(
    topic,
    {
      cursor,
      onEvent: ({ offset }: Envelope) => seen.offsets.push(offset),
      onGap: (gap) => void seen.gaps.push(gap),
      onSnapshot: ({ data }) => seen.snapshots.push(data),
      onState: ({ data }) => seen.states.push(data),
      onEnd: (end) => seen.ends.push(end),
    },
    { onTaken: (answer) => seen.taken.push(answer) },
  )
  return { ...seen, leave }
}

/** Tries until `condition` no longer throws; after 5 s its error is thrown on. */
export async function until(condition: () => unknown): Promise<void> {
  const end = performance.now() + 5000
  for (;;) {
    try {
      await condition()
      return
    } catch (error) {
      if (performance.now() > end) throw error
    }
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}

/** Waits until every topic of these tabs is taken by the hub. */
export function settled(...tabs: Core[]): Promise<void> {
  return until(() => {
    for (const tab of tabs) {
      const { status } = tab.route.info()
      if (status !== 'open') throw new Error(`a tab is ${status}`)
      for (const { topic, sub } of tab.topics.entries())
        if (sub.phase !== 'on') throw new Error(`${topic} is ${sub.phase}`)
    }
  })
}

export const debug = (tab: Core): Diagnostics => diagnose(tab)
