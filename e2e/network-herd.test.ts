/**
 * 200 clients lose their server in the same moment. When they come back is recorded where the server listens, and
 * compared with what their waits promise: spread, not in lockstep.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Backoff, createClient, type MonofilClient } from '@monofil/client'
import { type HubServer, serve } from '@monofil/server'
import { startHub, type TestHub } from '@monofil/testkit'
import { FaultProxy } from '@monofil/testkit/fault-proxy'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { chooseSeed, seeded } from './network-lab.ts'

const CLIENTS = 200
const WINDOW_MS = 50
/** Looking at 200 clients costs time that the clients need. */
const SOON = { timeout: 15_000, interval: 50 }
/** The client's own defaults, which are what is on trial. */
const FIRST_WAIT = { fromMs: 250, toMs: 1_000 }
const SPREAD_MS = process.env['TEST_LONG'] === undefined ? 1_500 : 5_000
const DOWN_MS = 700
/** On a machine that stood still for a quarter of a second nothing was measured: it is measured again. */
const AGAIN = { retry: 3 } as const

let dir: string
let hub: TestHub
/** The hub that came back. */
let server: HubServer | undefined
let proxy: FaultProxy
let herd: Herd

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'monofil-herd-'))
})

afterEach(async () => {
  herd.close()
  await proxy.close()
  await server?.close()
  server = undefined
  await hub.close()
  await rm(dir, { recursive: true, force: true })
})

/** Many clients of one server, and when each connection of theirs reached it. */
class Herd {
  readonly #clients: MonofilClient[]
  readonly seen: number[][]
  arrivals: number[] = []
  readonly lateness = new Lateness()
  /** When the last client noticed its loss for the first time: its wait begins then. */
  noticedAt = 0

  constructor(url: string, backoff: Backoff, seed: number) {
    this.seen = Array.from({ length: CLIENTS }, () => [])
    this.#clients = this.seen.map((seen, i) => {
      const random = seeded(seed + i * 7_919)
      const client = createClient({ url, share: 'none', marker: `client-${i}`, backoff, random })
      let isLost = false
      client.connection.subscribe(() => {
        if (isLost || client.connection.get().status !== 'waiting') return
        isLost = true
        this.noticedAt = performance.now()
      })
      client.subscribe<number>('news', { cursor: '0', onEvent: (event) => seen.push(event.data) })
      return client
    })
  }

  get open(): number {
    return this.#clients.filter((client) => client.debug().open).length
  }

  close(): void {
    this.lateness.stop()
    for (const client of this.#clients) client.close()
  }
}

async function gather(seed: number, backoff: Backoff = {}): Promise<void> {
  hub = await startHub({ dir, settings: { drainSpreadMs: SPREAD_MS } })
  // Requests, not connections: Node's fetch opens one more for a stream that was aborted, and asks for nothing on it.
  proxy = await FaultProxy.open(hub.url, {
    onRequest() {
      // Who is late after the first attempts is no longer asked.
      if (herd?.arrivals.push(performance.now()) === CLIENTS) herd.lateness.stop()
    },
  })
  herd = new Herd(proxy.url, backoff, seed)
  await expect.poll(() => herd.open, SOON).toBe(CLIENTS)
  await hub.publish('news', 1)
  await expect.poll(() => herd.seen.every((seen) => seen.length === 1), SOON).toBe(true)
  herd.arrivals = []
  herd.lateness.start()
}

/** A hub listens again on the same store and port. */
async function comeBack(): Promise<void> {
  const { store, bus } = hub
  server = await serve({ store, bus, host: '127.0.0.1', port: hub.server.port })
  await proxy.forward()
}

/** After all: each has one stream, and saw what there was to see once. */
async function expectAllWell(): Promise<void> {
  await expect.poll(() => herd.open, SOON).toBe(CLIENTS)
  await hub.publish('news', 2)
  await expect.poll(() => herd.seen.every((seen) => seen.length === 2), SOON).toBe(true)
  expect(herd.seen.every(([one, two]) => one === 1 && two === 2)).toBe(true)
  expect(new Set(server?.hub.connections().map(({ marker }) => marker)).size).toBe(CLIENTS)
  expect(server?.hub.connections()).toHaveLength(CLIENTS)
  expect(proxy.streams).toBe(CLIENTS)
  expect(proxy.mostStreams).toBe(CLIENTS)
}

it('a server that is gone at once and comes back: they return spread out', AGAIN, async () => {
  const seed = chooseSeed()
  await gather(seed)
  const lostAt = await lose()
  await expect.poll(() => performance.now() - lostAt, SOON).toBeGreaterThan(DOWN_MS)
  await comeBack()
  await expectAllWell()
  const all = herd.arrivals.map((at) => at - lostAt)
  // The first attempt of each is the moment at which a herd would be a herd: all waits began together.
  const verdict = judge(all.slice(0, CLIENTS), uniform(FIRST_WAIT.fromMs, FIRST_WAIT.toMs), lostAt)
  print(`${CLIENTS} clients after a crash of ${DOWN_MS} ms`, all, verdict.words)
  expect(verdict, `TEST_SEED=${seed}`).toMatchObject({ isLockstep: false, isSpread: true })
})

it('control: without jitter they come in lockstep, and the check says so', AGAIN, async () => {
  const seed = chooseSeed()
  await gather(seed, { jitter: false })
  const lostAt = await lose()
  await expect.poll(() => herd.arrivals.length, SOON).toBe(CLIENTS)
  const all = herd.arrivals.map((at) => at - lostAt)
  const verdict = judge(all, uniform(FIRST_WAIT.fromMs, FIRST_WAIT.toMs), lostAt)
  print('control: the same without jitter', all, verdict.words)
  expect(verdict, `TEST_SEED=${seed}`).toMatchObject({ isLockstep: true, isSpread: false })
})

it('a server that drains sends them away with times of their own', AGAIN, async () => {
  const seed = chooseSeed()
  await gather(seed)
  const toldAt = performance.now()
  await hub.server.drain()
  await comeBack()
  herd.lateness.start()
  const backMs = Math.round(performance.now() - toldAt)
  await expectAllWell()
  const all = herd.arrivals.map((at) => at - toldAt)
  // 100 ms and a part of the spread by the hub, and the client's jitter of its first wait on top.
  const verdict = judge(all.slice(0, CLIENTS), sumOfTwo(100, SPREAD_MS, FIRST_WAIT.toMs), toldAt)
  print(`${CLIENTS} clients after a drain, spread ${SPREAD_MS} ms, back after ${backMs} ms`, all, verdict.words)
  expect(verdict, `TEST_SEED=${seed}`).toMatchObject({ isLockstep: false, isSpread: true })
})

/** The server dies with all its connections; what reaches its address from now on is cut off. Answers when. */
async function lose(): Promise<number> {
  proxy.dropNew()
  const lostAt = performance.now()
  await hub.server.close()
  herd.lateness.start()
  return lostAt
}

/** How long this process has kept events waiting: all that fell due meanwhile is seen at once, by no fault of its own. */
class Lateness {
  #timer: NodeJS.Timeout | undefined = undefined
  ms = 0

  start(): void {
    this.stop()
    this.ms = 0
    let last = performance.now()
    this.#timer = setInterval(() => {
      const now = performance.now()
      this.ms = Math.max(this.ms, now - last)
      last = now
    }, 1)
  }

  stop(): void {
    clearInterval(this.#timer)
  }
}

/** Share of arrivals that are expected up to a moment. */
type Share = (atMs: number) => number

const clamp = (share: number) => Math.min(1, Math.max(0, share))
const uniform =
  (fromMs: number, toMs: number): Share =>
  (at) =>
    clamp((at - fromMs) / (toMs - fromMs))

/** `start` and two independent waits, each evenly spread from 0 to its length. */
function sumOfTwo(start: number, aMs: number, bMs: number): Share {
  const steps = 1_000
  return (at) => {
    let share = 0
    for (let i = 0; i < steps; i += 1) share += clamp((at - start - (aMs * (i + 0.5)) / steps) / bMs)
    return share / steps
  }
}

/**
 * The most that a window may hold: what is expected in its densest place, and six standard deviations. A window's count
 * is binomial, about Poisson: over the few hundred windows of a test, fewer than one run in ten thousand passes it.
 */
function most(expected: number): number {
  return expected + 6 * Math.sqrt(Math.max(1, expected))
}

function densest(share: Share, windowMs: number): number {
  let best = 0
  for (let at = 0; share(at) < 1; at += 10) best = Math.max(best, share(at + windowMs) - share(at))
  return best * CLIENTS
}

/** The most arrivals in any window of 50 ms, wherever it begins. */
function fullest(arrivals: readonly number[]): number {
  const sorted = arrivals.toSorted((a, b) => a - b)
  let best = 0
  let from = 0
  for (const [i, at] of sorted.entries()) {
    while (at - (sorted[from] ?? at) >= WINDOW_MS) from += 1
    best = Math.max(best, i - from + 1)
  }
  return best
}

/**
 * How far the arrivals are from the promised share (Kolmogorov and Smirnov's distance), where each may be late by
 * `lateMs`. For 200 that keep the promise it is over 0.19 once in a million runs.
 */
function distance(arrivals: readonly number[], share: Share, lateMs: number): number {
  const sorted = arrivals.toSorted((a, b) => a - b)
  let worst = 0
  for (const [i, at] of sorted.entries()) {
    worst = Math.max(worst, (i + 1) / sorted.length - share(at), share(at - lateMs) - i / sorted.length)
  }
  return worst
}

/** Two questions: do too many come in one moment (lockstep), and are they spread as their waits promise. */
function judge(
  arrivals: readonly number[],
  share: Share,
  lostAt: number,
): { isLockstep: boolean; isSpread: boolean; words: string } {
  const lateMs = herd.lateness.ms
  const [window, even] = [fullest(arrivals), densest(share, WINDOW_MS)]
  const bound = most(densest(share, WINDOW_MS + lateMs))
  // From a timer to a request that was read it is a few turns of the loop.
  const noticeMs = herd.noticedAt - lostAt
  const far = distance(arrivals, share, noticeMs + 3 * lateMs)
  const words =
    `fullest ${WINDOW_MS} ms: ${window} of ${arrivals.length} (even share ${even.toFixed(1)}, bound ${bound.toFixed(1)}); ` +
    `distance ${far.toFixed(3)} (bound 0.19); this process was late by up to ${lateMs.toFixed(0)} ms, the last noticed after ${noticeMs.toFixed(0)} ms`
  return { isLockstep: window > bound, isSpread: far < 0.19, words }
}

function print(title: string, arrivals: readonly number[], words: string): void {
  const binMs = 100
  const bins: number[] = []
  for (const at of arrivals) bins[Math.floor(at / binMs)] = (bins[Math.floor(at / binMs)] ?? 0) + 1
  const rows = Array.from(bins, (count = 0, i) => `${String(i * binMs).padStart(7)} ms ${'#'.repeat(count)} ${count}`)
  process.stdout.write(`${title}, ${arrivals.length} attempts\n  ${words}\n${rows.join('\n')}\n`)
}
