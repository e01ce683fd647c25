import { answerOf, EPOCH, type RawCall, RawHub, type RawStream } from './raw-hub.ts'

interface Wish {
  readonly topic: string
  readonly cursor?: string
}

/** A hub that keeps a log of each topic and does with it what the protocol says; streams can be cut. */
export class LogHub {
  readonly raw: RawHub
  readonly #heads = new Map<string, number>()
  readonly #topics = new Map<RawStream, Set<string>>()

  private constructor(raw: RawHub) {
    this.raw = raw
    raw.onStream = (stream) => this.#open(stream)
    raw.onCall = (call) => {
      if (call.method === 'PATCH') this.#patch(call)
      else this.#list(call)
    }
  }

  static async start(): Promise<LogHub> {
    return new LogHub(await RawHub.start())
  }

  head(topic: string): number {
    return this.#heads.get(topic) ?? 0
  }

  publish(topic: string): void {
    const offset = this.head(topic) + 1
    this.#heads.set(topic, offset)
    for (const [stream, topics] of this.#topics) if (!stream.closed && topics.has(topic)) stream.event(topic, offset)
  }

  cut(): void {
    for (const stream of this.raw.streams) if (!stream.closed) stream.cut()
  }

  close(): Promise<void> {
    return this.raw.close()
  }

  #open(stream: RawStream): void {
    const answers = stream.topics.map((wish) => this.#answer(wish))
    stream.hello({ topics: answers })
    this.#topics.set(stream, new Set(stream.topics.map(({ topic }) => topic)))
    for (const wish of stream.topics) this.#replay(stream, wish)
  }

  #patch(call: RawCall): void {
    const stream = this.raw.streams.find(({ connection, closed }) => !closed && call.path.endsWith(`/${connection}`))
    const topics = stream && this.#topics.get(stream)
    if (!stream || !topics) {
      call.answer(404, { code: 'unknown_connection', detail: 'no such stream' })
      return
    }
    const {
      seq,
      subscribe = [],
      unsubscribe = [],
    } = call.body as {
      seq: number
      subscribe?: Wish[]
      unsubscribe?: string[]
    }
    for (const topic of unsubscribe) topics.delete(topic)
    call.answer(200, { seq, topics: subscribe.map((wish) => this.#answer(wish)), denied: [], expiresAt: null })
    for (const wish of subscribe) {
      topics.add(wish.topic)
      this.#replay(stream, wish)
    }
  }

  #answer({ topic, cursor }: Wish) {
    return answerOf(topic, cursor, this.head(topic))
  }

  #replay(stream: RawStream, { topic, cursor }: Wish): void {
    if (cursor === undefined) return
    for (let offset = placeOf(cursor) + 1; offset <= this.head(topic); offset += 1) stream.event(topic, offset)
  }

  #list(call: RawCall): void {
    const { pathname, searchParams } = new URL(call.path, this.raw.url)
    const topic = decodeURIComponent(pathname.split('/').at(-2) ?? '')
    const head = this.head(topic)
    const first = placeOf(searchParams.get('after') ?? '0') + 1
    // Short pages, so that reading takes several calls.
    const items = Array.from({ length: Math.max(0, Math.min(4, head - first + 1)) }, (_, i) => ({
      topic,
      epoch: EPOCH,
      offset: first + i,
      type: 'made',
      data: first + i,
      at: '2026-01-01T00:00:00.000Z',
    }))
    call.answer(200, { items, nextCursor: null, oldestOffset: 1, latestOffset: head })
  }
}

const placeOf = (cursor: string) => Number(cursor.split(':').at(-1))
