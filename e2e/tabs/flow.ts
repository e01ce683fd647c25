import type { TestHub } from '@monofil/testkit'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'

/** Publishes to a topic all the time, and compares what tabs saw with the log. */
export class Flow {
  readonly topic: string
  readonly #hub: TestHub
  #count: number
  #running = true
  #last: Promise<void> = Promise.resolve()
  readonly #done: Promise<void>

  private constructor(hub: TestHub, topic: string, count: number, everyMs: number) {
    this.#hub = hub
    this.topic = topic
    this.#count = count
    this.#done = this.#run(everyMs)
  }

  /** `everyMs` between two events. */
  static async start(hub: TestHub, topic: string, everyMs = 10): Promise<Flow> {
    const first = await hub.publish(topic, 1)
    if (first !== 1) throw new Error(`${topic} is not new`)
    return new Flow(hub, topic, first, everyMs)
  }

  get count(): number {
    return this.#count
  }

  /** Resolves once so many more were published. */
  async more(events: number): Promise<void> {
    const goal = this.#count + events
    await expect.poll(() => this.#count, { interval: 5, timeout: 90_000 }).toBeGreaterThanOrEqual(goal)
  }

  /** Publishes so many at once, beside the steady ones. */
  async burst(events: number): Promise<void> {
    for (let i = 0; i < events; i += 1) await this.#publish()
  }

  async stop(): Promise<void> {
    this.#running = false
    await this.#done
  }

  /**
   * Ends the flow; then every tab must have seen all of the log from its first event on, in order and once. A tab that
   * began with what came is held to the log from where it began.
   */
  async expectWhole(pages: readonly Page[], timeout = 10_000): Promise<void> {
    await this.stop()
    const { topic } = this
    const offsets = await this.#log()
    expect(offsets.at(-1)).toBe(this.#count)
    for (const page of pages) {
      await expect
        .poll(() => page.evaluate((name) => window.tab.seen[name]?.at(-1), topic), { timeout })
        .toBe(this.#count)
      const { seen, begin, gaps, errors } = await page.evaluate((name) => {
        const { seen, setup, gaps, errors } = window.tab
        return { seen: seen[name] ?? [], begin: setup.topics[name], gaps, errors }
      }, topic)
      const first = begin === '0' ? 1 : (seen[0] ?? 0)
      expect(seen).toEqual(offsets.slice(first - 1))
      expect({ gaps, errors }).toEqual({ gaps: [], errors: [] })
    }
  }

  /** Every offset of the topic's log. */
  async #log(): Promise<number[]> {
    const offsets: number[] = []
    let after = '0'
    for (;;) {
      const path = `/v1/topics/${this.topic}/events?after=${after}&limit=200`
      const { body } = await this.#hub.call<{ items: { offset: number; epoch: string }[] }>('GET', path)
      offsets.push(...body.items.map(({ offset }) => offset))
      const last = body.items.at(-1)
      if (last === undefined) return offsets
      after = `${last.epoch}:${last.offset}`
    }
  }

  async #run(everyMs: number): Promise<void> {
    while (this.#running) {
      await new Promise((resolve) => setTimeout(resolve, everyMs))
      if (!this.#running) return
      await this.#publish()
    }
  }

  /** One after the other, since each carries its own offset. */
  #publish(): Promise<void> {
    this.#last = this.#last.then(async () => {
      this.#count = await this.#hub.publish(this.topic, this.#count + 1)
    })
    return this.#last
  }
}
