/** What the network tests share: a client behind a bad network, what its application saw, and the log to compare with. */
import { type ClientOptions, createClient, type MonofilClient } from '@monofil/client'
import type { Envelope, Gap } from '@monofil/protocol'
import type { HubServer } from '@monofil/server'
import { FaultProxy } from '@monofil/testkit/fault-proxy'
import { expect } from 'vitest'

/** Retries that a test can wait for. */
export const HASTY = { minMs: 5, baseMs: 20, maxMs: 100 } as const
/** How long a busy machine may take to get over a fault. */
export const SOON = { timeout: 15_000, interval: 5 }

/** A client behind a proxy that misbehaves, and what its application has seen of one topic. */
export class Patient {
  readonly proxy: FaultProxy
  readonly client: MonofilClient
  readonly topic: string
  /** Events of the topic, as the application was handed them. */
  readonly seen: Envelope[] = []
  readonly gaps: Gap[] = []
  /** The most streams of this client that the hub ever listed at once. */
  mostAtHub = 0
  #hub: HubServer | undefined

  private constructor(proxy: FaultProxy, topic: string, hub: HubServer | undefined, options: ClientOptions) {
    this.proxy = proxy
    this.topic = topic
    this.#hub = hub
    this.client = createClient({ url: proxy.url, share: 'none', marker: 'patient', backoff: HASTY, ...options })
    this.client.connection.subscribe(() => this.count())
    this.client.subscribe(topic, {
      cursor: '0',
      onEvent: (event) => {
        this.seen.push(event)
        this.count()
      },
      onGap: (gap) => this.gaps.push(gap),
    })
  }

  /** Follows a topic from its first event, over a proxy in front of `url`. */
  static async open(
    url: string,
    hub?: HubServer,
    options: ClientOptions = {},
    topic: string = 'orders',
  ): Promise<Patient> {
    let patient: Patient | undefined
    const proxy = await FaultProxy.open(url, { onConnection: () => patient?.count() })
    patient = new Patient(proxy, topic, hub, options)
    return patient
  }

  /** The hub that lives now, after a restart. */
  set hub(hub: HubServer) {
    this.#hub = hub
  }

  count(): void {
    const listed = this.#hub?.hub.connections().filter(({ marker }) => marker === 'patient').length ?? 0
    this.mostAtHub = Math.max(this.mostAtHub, listed)
  }

  async opened(): Promise<void> {
    await expect.poll(() => this.client.connection.get().status, SOON).toBe('open')
  }

  /** Waits until the log's last event was seen, then compares all of it; nothing may have doubled on the way. */
  async expectLog(url: string): Promise<Envelope[]> {
    const log = await readLog(url, this.topic)
    await expect.poll(() => this.seen.at(-1)?.offset, { ...SOON, timeout: 30_000 }).toBe(log.at(-1)?.offset)
    expect(firstDifference(this.seen, log)).toBeUndefined()
    return log
  }

  expectOneStream(): void {
    expect(this.proxy.mostStreams).toBe(1)
    expect(this.mostAtHub).toBeLessThanOrEqual(1)
    expect(this.client.debug().timersPending).toBeLessThanOrEqual(1)
  }

  async close(): Promise<void> {
    this.client.close()
    await expect.poll(() => this.proxy.streams).toBe(0)
    await this.proxy.close()
  }
}

/** The whole log of a topic, by its list. */
export async function readLog(url: string, topic: string): Promise<Envelope[]> {
  const log: Envelope[] = []
  let after: string | null = '0'
  while (after !== null) {
    const response = await fetch(`${url}/v1/topics/${topic}/events?limit=200&after=${after}`)
    if (!response.ok) throw new Error(`the log of ${topic} answers ${response.status}: ${await response.text()}`)
    const page = (await response.json()) as { items: Envelope[]; nextCursor: string | null }
    log.push(...page.items)
    after = page.nextCursor
  }
  return log
}

/** In words, where two lists of events part: missing, doubled, out of order or altered. */
export function firstDifference(seen: readonly Envelope[], log: readonly Envelope[]): string | undefined {
  for (let i = 0; i < Math.max(seen.length, log.length); i += 1) {
    const [one, other] = [JSON.stringify(seen[i]), JSON.stringify(log[i])]
    if (one !== other) return `place ${i} of ${seen.length}: seen ${one}, in the log ${other}`
  }
  return undefined
}

/** Numbers in [0, 1) that are the same for the same seed (a linear congruence over 2^32, mixed). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    let mixed = state ^ (state >>> 16)
    mixed = Math.imul(mixed, 0x45d9f3b) >>> 0
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32
  }
}

/** TEST_SEED, else a new one. */
export function chooseSeed(): number {
  return Number(process.env['TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
}
