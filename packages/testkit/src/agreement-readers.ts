import {
  type Envelope,
  type Item,
  type Run,
  type RunState,
  runOfTopic,
  type Snapshot,
  type State,
} from '@monofil/protocol'
import { expect } from 'vitest'
import { Eyes, type Judge } from './agreement-judge.ts'
import { wordOf } from './agreement-words.ts'
import type { TestHub } from './server.ts'
import type { SseBlock, SseReader } from './sse-reader.ts'

/** One connection of `POST /v1/stream`, cut and opened again at will; goes on from its cursors, or from snapshots. */
export class StreamReader {
  readonly #hub: TestHub
  readonly #judge: Judge
  readonly #isMain: boolean
  #eyes = { run: new Eyes(), runs: new Eyes() }
  readonly #places = new Map<string, number>()
  readonly #versions = new Map<string, number>()
  /** The newest word of each run by its own topic, and by `runs` (null: gone from there). */
  readonly newest = new Map<string, RunState>()
  readonly rows = new Map<string, RunState | null>()
  #topics: ReadonlySet<string> = new Set()
  #reader: SseReader | undefined
  #read = 0
  #seq = 0

  /** `main`: its events are the log that all others are held against. */
  constructor(hub: TestHub, judge: Judge, kind: 'main' | 'other') {
    this.#hub = hub
    this.#judge = judge
    this.#isMain = kind === 'main'
  }

  async open(topics: readonly (string | { topic: string; cursor: string })[]): Promise<void> {
    this.#reader = await this.#hub.open(topics)
    this.#topics = new Set(topics.map((one) => (typeof one === 'string' ? one : one.topic)))
    this.#read = 0
    this.#seq = 0
    this.#versions.clear()
    // A snapshot that is kept for all who come may be older than what the last connection told.
    this.#eyes = { run: new Eyes(), runs: new Eyes() }
  }

  /** Cuts the connection; half of the topics go on from their cursors, the others from a snapshot. */
  async reopen(random: () => number, topics: readonly string[]): Promise<void> {
    this.pump()
    this.#reader?.destroy()
    const epoch = this.#hub.store.epoch
    await this.open(
      topics.map((topic) => {
        const place = this.#places.get(topic)
        if (place !== undefined && random() < 0.5) return { topic, cursor: `${epoch}:${place}` }
        this.#places.delete(topic)
        return topic
      }),
    )
  }

  reads(id: string): boolean {
    return this.#topics.has(`run:${id}`)
  }

  /** Whether what it was told last of this run is this. */
  has(run: Run): boolean {
    return JSON.stringify(this.newest.get(run.id)) === JSON.stringify(wordOf(run))
  }

  async subscribe(topic: string, cursor?: string): Promise<void> {
    await this.#reader?.event('hello')
    const connection = this.#reader?.headers['monofil-connection'] ?? ''
    this.#seq += 1
    const subscribe = [cursor === undefined ? { topic } : { topic, cursor }]
    const answer = await this.#hub.call('PATCH', `/v1/stream/${connection}`, { seq: this.#seq, subscribe })
    expect(answer.status).toBe(200)
  }

  pump(): void {
    const blocks = this.#reader?.blocks ?? []
    for (const block of blocks.slice(this.#read)) this.#take(block)
    this.#read = blocks.length
  }

  #take({ event, data }: SseBlock): void {
    if (data === undefined) return
    const said = JSON.parse(data) as Envelope & Snapshot & State<RunState>
    if (event === 'gap' || event === 'dropped' || event === 'goodbye') throw new Error(`${event}: ${data}`)
    const id = said.topic === undefined ? undefined : runOfTopic(said.topic)
    if (event === 'message' && id !== undefined) this.#event(id, said)
    else if (event === 'snapshot' && id !== undefined) this.#snapshot(said)
    else if (event === 'state' && id !== undefined && said.data !== null) this.#word(said.data as RunState)
    else if (said.topic === 'runs') this.#row(event, said)
  }

  #event(id: string, { topic, offset, type, data }: Envelope): void {
    if (offset === null) throw new Error('a run has no ephemeral events')
    const place = this.#places.get(topic)
    if (place !== undefined) expect(offset, `${topic} without holes`).toBe(place + 1)
    this.#places.set(topic, offset)
    if (this.#isMain) this.#judge.logged(id, { offset, type, data })
    else this.#judge.event(id, { offset, type, data })
  }

  #snapshot({ topic, offset, data, more }: Snapshot): void {
    const { run, items } = data as { run: Run; items: readonly Item[] }
    this.#judge.items(items)
    if (more === true) return
    this.#word(run)
    expect(run.offset).toBe(offset)
    this.#places.set(topic, offset ?? 0)
  }

  #word(run: RunState, topic: 'run' | 'runs' = 'run'): void {
    this.#eyes[topic].look(run)
    if (topic === 'run' && run.offset >= (this.newest.get(run.id)?.offset ?? 0)) this.newest.set(run.id, wordOf(run))
    this.#judge.view(run)
    this.#judge.streamed += 1
  }

  #row(event: string, said: Snapshot | State<RunState>): void {
    if (event === 'snapshot') this.rows.clear()
    const rows = event === 'snapshot' ? ((said as Snapshot).data as (typeof said)[]) : [said]
    for (const row of rows as { key: string; version: number; data: RunState | null }[]) {
      expect(row.version, `version of ${row.key}`).toBeGreaterThanOrEqual(this.#versions.get(row.key) ?? 0)
      this.#versions.set(row.key, row.version)
      this.rows.set(row.key, row.data)
      if (row.data !== null) this.#word(row.data, 'runs')
    }
  }
}

/** A run's own stream, as curl reads it: cut at will, it comes back with the last id it was given. */
export class RunReader {
  readonly #hub: TestHub
  readonly #judge: Judge
  readonly #id: string
  #eyes = new Eyes()
  #reader: SseReader | undefined
  #read = 0
  #lastId: string | undefined

  constructor(hub: TestHub, judge: Judge, id: string) {
    this.#hub = hub
    this.#judge = judge
    this.#id = id
  }

  async reopen(): Promise<void> {
    this.pump()
    this.#reader?.destroy()
    const headers = this.#lastId === undefined ? {} : { headers: { 'Last-Event-ID': this.#lastId } }
    this.#reader = await this.#hub.stream(`/v1/runs/${this.#id}/events`, headers)
    this.#eyes = new Eyes()
    this.#read = 0
  }

  pump(): void {
    const blocks = this.#reader?.blocks ?? []
    for (const block of blocks.slice(this.#read)) this.#take(block)
    this.#read = blocks.length
  }

  #take({ event, id, data }: SseBlock): void {
    if (id !== undefined) this.#lastId = id
    if (data === undefined || event === 'ping' || event === 'goodbye') return
    const said = JSON.parse(data) as unknown
    if (event === 'progress') {
      this.#eyes.look(said as RunState)
      this.#judge.view(said as RunState)
    } else if (id !== undefined) {
      this.#judge.event(this.#id, { offset: Number(id.split(':')[1]), type: event, data: said })
    } else if (event === 'item') this.#judge.items(said as readonly Item[])
  }
}
