import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Bus, BusMessage, HubServer, PushSender, ServeOptions, Store } from '@monofil/server'
import { createLocalBus, serve } from '@monofil/server'
import { openSqliteStore, type SqliteStore } from '@monofil/server/sqlite'
import { SseReader, type SseRequest } from './sse-reader.ts'

export interface StartHub extends Partial<Omit<ServeOptions, 'store' | 'bus'>> {
  /** A data folder to go on with; it is not removed at the end. Left out: a new one under the temp folder. */
  readonly dir?: string | undefined
  /** Answers whether the bus loses this message. */
  readonly loses?: ((message: BusMessage) => boolean) | undefined
  /** Puts something between the hub and its store, to count or to fail. */
  readonly wrap?: ((store: Store) => Store) | undefined
  /** Makes what sends pushes, of the hub's own store; they are due where no tab said for `liveWaitMs` that it has them. */
  readonly pushes?: { readonly of: (store: Store) => Promise<PushSender>; readonly liveWaitMs?: number } | undefined
}

/** A real hub on a free port of the loopback, with the embedded store in a folder of its own. */
export interface TestHub {
  readonly url: string
  readonly server: HubServer
  readonly store: SqliteStore
  readonly bus: Bus
  readonly dir: string
  /** Opens a stream by its path. */
  stream(path: string, request?: SseRequest): Promise<SseReader>
  /** `POST /v1/stream` with these topics. */
  open(topics: readonly (string | { topic: string; cursor?: string })[], marker?: string): Promise<SseReader>
  /** A request with a JSON body, and its answer. */
  call<T = unknown>(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer<T>>
  /** Publishes one event of type `t` and answers its offset. */
  publish(topic: string, data: unknown): Promise<number>
  /** Lets go of the streams that were opened here, so that a test of memory does not measure them. */
  forget(): void
  /** Ends the hub and every stream that was opened here, and removes the folder. */
  close(): Promise<void>
}

export interface Answer<T> {
  readonly status: number
  readonly headers: Headers
  /** Undefined where there is no body. */
  readonly body: T
}

/** Starts one. Close it at the end of the test. */
export async function startHub(options: StartHub = {}): Promise<TestHub> {
  const { dir: given, wrap, loses = () => false, pushes, ...serving } = options
  const dir = given ?? (await mkdtemp(join(tmpdir(), 'monofil-hub-')))
  const bus = createLocalBus()
  const store = await openSqliteStore({
    dir,
    onCommit(commit) {
      const message = { kind: 'commit', commit } as const
      if (!loses(message)) bus.publish(message)
    },
    durability: 'normal',
    notices: pushes && { push: true, pushBackoffMs: 100, liveWaitMs: pushes.liveWaitMs ?? 10_000 },
  })
  const push = await pushes?.of(store)
  const server = await serve({ host: '127.0.0.1', port: 0, push, ...serving, bus, store: wrap?.(store) ?? store })
  const readers: SseReader[] = []
  const { url } = server

  async function stream(path: string, request?: SseRequest): Promise<SseReader> {
    const reader = await SseReader.open(url + path, request)
    readers.push(reader)
    return reader
  }
  async function call<T>(method: string, path: string, body?: unknown, headers = {}): Promise<Answer<T>> {
    const json = body === undefined ? {} : { body: JSON.stringify(body) }
    const type = body === undefined ? {} : { 'content-type': 'application/json' }
    const response = await fetch(url + path, { method, headers: { ...type, ...headers }, ...json, redirect: 'manual' })
    const text = await response.text()
    return {
      status: response.status,
      headers: response.headers,
      body: (text === '' ? undefined : JSON.parse(text)) as T,
    }
  }
  return {
    url,
    server,
    store,
    bus,
    dir,
    stream,
    call,
    open(topics, marker) {
      const wanted = topics.map((topic) => (typeof topic === 'string' ? { topic } : topic))
      const body = marker === undefined ? { topics: wanted } : { topics: wanted, marker }
      return stream('/v1/stream', { method: 'POST', body })
    },
    async publish(topic, data) {
      const [appended] = await store.log.append([{ topic, type: 't', dataJson: JSON.stringify(data) }])
      return appended?.offset ?? 0
    },
    forget() {
      readers.length = 0
    },
    async close() {
      for (const reader of readers) reader.destroy()
      await server.close()
      await store.close()
      await bus.close()
      if (given === undefined) await rm(dir, { recursive: true, force: true })
    },
  }
}
