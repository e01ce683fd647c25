/** Limits as workers keep to them: two at once, on a real store with real time. */
import { type Owner, openOwner, startRun } from '@monofil/testkit/socket-owner'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createLocalBus } from '../hub/local-bus.ts'
import { createWorker, defineLimit, defineWorkflow, RateLimited, type StepOptions, type Worker } from './index.ts'

let owner: Owner
const workers: Worker[] = []

beforeEach(async () => {
  owner = await openOwner(createLocalBus)
})
afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.stop({ graceMs: 0 })))
  await owner.close()
})

/** `count` items whose handler is called with its number, at two workers; answers when the run is over. */
async function runOver(count: number, options: StepOptions, handler: (n: number) => unknown): Promise<void> {
  const workflow = defineWorkflow({
    name: 'calls',
    steps: (step) => [
      step('list', () => Array.from({ length: count }, (_, n) => n)),
      step('call', { each: 'list', ...options }, (_ctx, n: number) => handler(n)),
    ],
  })
  for (const id of ['w1', 'w2']) {
    const worker = createWorker({ store: owner.store, bus: owner.bus, workflows: [workflow], id })
    workers.push(worker)
    await worker.start()
  }
  await startRun(owner.store, 'r1', 'calls', null)
  await vi.waitFor(
    async () => expect(await owner.store.runs.get('r1')).toMatchObject({ status: 'completed', progress: 100 }),
    { timeout: 20_000, interval: 20 },
  )
}

/** The most starts in any window of so many ms. */
function fullest(starts: readonly number[], windowMs: number): number {
  return Math.max(...starts.map((from) => starts.filter((at) => at >= from && at < from + windowMs).length))
}

it('a rate holds over two workers, and is used', async () => {
  const starts: number[] = []
  await runOver(100, { rate: '50/s' }, () => starts.push(performance.now()))
  const plan = await owner.store.workflows.get('calls')
  expect(plan?.steps[1]?.limits).toEqual([
    { name: 'calls/call', rate: { count: 50, perMs: 1000, burst: 1 }, concurrency: null },
  ])
  expect(starts).toHaveLength(100)
  // The store grants 56 at most; a loop that stood still starts late what was due meanwhile.
  expect(fullest(starts, 1100)).toBeLessThanOrEqual(75)
  // Far from one slot per visit of a worker that asks once a second.
  expect((starts.at(-1) ?? 0) - (starts[0] ?? 0)).toBeLessThan(10_000)
})

it('RateLimited moves the limit for both workers, and costs the item no attempt', async () => {
  const starts: { n: number; at: number }[] = []
  let told = 0
  const api = defineLimit({ name: 'api', rate: '100/s' })
  await runOver(20, { limits: [api] }, (n) => {
    starts.push({ n, at: performance.now() })
    if (n !== 3 || told > 0) return
    told = performance.now()
    throw new RateLimited(1500)
  })
  const early = starts.filter(({ at }) => at > told + 150 && at < told + 1400)
  expect(early).toEqual([])
  expect(starts.filter(({ n }) => n === 3)).toHaveLength(2)
  const items = await owner.store.runs.items({ viewer: { all: true }, runId: 'r1', step: 'call', limit: 200 })
  expect(items.items.map(({ attempts }) => attempts)).toEqual(Array.from({ length: 20 }, () => 1))
})

it('seats are shared: never more at once than the limit says', async () => {
  let running = 0
  let most = 0
  const seats = defineLimit({ name: 'seats', concurrency: 3 })
  await runOver(30, { limits: [seats], concurrency: 10 }, async () => {
    running += 1
    most = Math.max(most, running)
    await new Promise((resolve) => setTimeout(resolve, 5))
    running -= 1
  })
  expect(most).toBe(3)
})

it('refuses limits that are none, and rates that are none, by name', () => {
  const make = (options: object) => () =>
    defineWorkflow({ name: 'w', steps: (step) => [step('s', options as StepOptions, () => 1)] })
  expect(make({ rate: '10 per second' })).toThrow(/rate must be such as 10\/s/)
  expect(make({ limits: ['openai'] })).toThrow(/limits must be a list of what defineLimit answers/)
  expect(make({ limits: 'openai' })).toThrow(/limits must be/)
  const api = defineLimit({ name: 'api', concurrency: 2 })
  expect(make({ limits: [api, api] })).toThrow(/names each limit once/)
})
