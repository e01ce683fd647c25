import { MonofilError, type Run } from '@monofil/protocol'
import { itemsOf, type Owner, openOwner, startRun } from '@monofil/testkit/socket-owner'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createLocalBus } from '../hub/local-bus.ts'
import type { Store } from '../seams/store.ts'
import { createWorker, defineWorkflow, type StepContext, type StepOptions, type Worker } from './index.ts'
import { MAX_RESULT_BYTES } from './outcome.ts'

type Elements = Parameters<Store['work']['feed']>[0]

describe('a list that comes element by element', () => {
  let owner: Owner
  let worker: Worker | undefined
  const pages: Elements[] = []
  /** What happens to a page on its way; the default lets it through. */
  let way: (page: Elements, go: () => Promise<boolean>) => Promise<boolean>

  beforeEach(async () => {
    owner = await openOwner(createLocalBus)
    pages.length = 0
    way = (_, go) => go()
  })
  afterEach(async () => {
    await worker?.stop({ graceMs: 0 })
    await owner.close()
  })

  async function begin(list: (ctx: StepContext) => unknown, options: StepOptions = {}): Promise<string[]> {
    const { store } = owner
    const feed: Store['work']['feed'] = (page) => {
      pages.push(page)
      return way(page, () => store.work.feed(page))
    }
    const seen: string[] = []
    const workflow = defineWorkflow({
      name: 'walk',
      steps: (step) => [
        step('list', options, list),
        step('work', { each: 'list' }, (ctx, element) => {
          seen.push(`${ctx.item.index} ${JSON.stringify(element)}`)
          return null
        }),
      ],
    })
    const work = { ...store.work, feed }
    worker = createWorker({
      store: { ...store, epoch: store.epoch, work },
      bus: owner.bus,
      workflows: [workflow],
      id: 'w1',
    })
    await worker.start()
    await startRun(store, 'r1', 'walk')
    return seen
  }

  async function ended(): Promise<Run> {
    return vi.waitFor(
      async () => {
        const run = await owner.store.runs.get('r1')
        expect(run?.finishedAt).not.toBeNull()
        return run as Run
      },
      { timeout: 15_000, interval: 20 },
    )
  }

  it('works on the first elements while the generator waits for the next', async () => {
    const third = Promise.withResolvers<void>()
    const seen = await begin(async function* () {
      yield 'a'
      yield 'b'
      await third.promise
      yield 'c'
    })
    await expect.poll(() => seen).toEqual(['1 "a"', '2 "b"'])
    expect(await owner.store.runs.get('r1')).toMatchObject({ status: 'running', totalIsFinal: false })
    third.resolve()
    expect(await ended()).toMatchObject({ status: 'completed', counts: { total: 4, completed: 4 } })
    expect(seen).toEqual(['1 "a"', '2 "b"', '3 "c"'])
  })

  it('sends pages, one at a time, and pulls no further than the next one', async () => {
    let made = 0
    let first = true
    const gate = Promise.withResolvers<void>()
    way = async (_, go) => {
      if (!first) return go()
      first = false
      await gate.promise
      return go()
    }
    await begin(function* () {
      for (; made < 3000; made++) yield made
    })
    await expect.poll(() => made).toBeGreaterThan(0)
    await expect.poll(() => pages.length).toBe(1)
    await new Promise((resume) => setImmediate(resume))
    expect([made <= 1000, pages.length]).toEqual([true, 1])
    gate.resolve()
    expect(await ended()).toMatchObject({ status: 'completed', counts: { completed: 3001 } })
    expect(Math.max(...pages.map(({ elementsJson }) => elementsJson.length))).toBe(500)
    expect(pages.reduce((sum, { elementsJson }) => sum + elementsJson.length, 0)).toBe(3000)
  })

  it('does no index twice when an attempt fails midway and the next begins anew', async () => {
    const seen = await begin(
      async function* (ctx) {
        for (let n = 1; n <= 1200; n++) {
          if (n === 700 && ctx.attempt === 1) throw new Error('the disk went away')
          yield n
        }
      },
      { retry: { retries: 1, minMs: 0 } },
    )
    expect(await ended()).toMatchObject({ status: 'completed', counts: { completed: 1201 } })
    expect(new Set(seen).size).toBe(1200)
    expect(seen.length).toBe(1200)
  })

  it('sends a page again while the store is away, and makes nothing twice of it', async () => {
    let refusals = 2
    way = async (_, go) => {
      const answer = await go()
      // The answer was lost on the way: the page is there.
      if (refusals-- > 0) throw new MonofilError('store_unavailable', 'The answer was lost.')
      return answer
    }
    const seen = await begin(() => Array.from({ length: 1001 }, (_, n) => n))
    expect(await ended()).toMatchObject({ status: 'completed', counts: { completed: 1002 } })
    expect(seen.length).toBe(1001)
    expect(pages.length).toBeGreaterThan(3)
  })

  it('takes a list that is larger than a result may be', async () => {
    const entry = 'x'.repeat(2000)
    const seen = await begin(() => Array.from({ length: MAX_RESULT_BYTES / 2000 + 1 }, (_, n) => `${n}${entry}`))
    expect(await ended()).toMatchObject({ status: 'completed' })
    expect(seen.length).toBe(Math.floor(MAX_RESULT_BYTES / 2000 + 1))
    expect((await itemsOf(owner.store, 'r1')).find(({ id }) => id === 'list')?.result).toBeNull()
  })

  it('keeps the result of a long list that fits', async () => {
    await begin(() => Array.from({ length: 1500 }, (_, n) => n))
    await ended()
    const list = (await itemsOf(owner.store, 'r1')).find(({ id }) => id === 'list')
    expect(list?.result).toHaveLength(1500)
  })

  it('fails the step for good where an element cannot be kept, naming it', async () => {
    await begin(
      function* () {
        yield 1
        yield Number.NaN
      },
      { retry: 3 },
    )
    expect(await ended()).toMatchObject({
      status: 'failed',
      error: { code: 'invalid_result', message: 'Element 2 of the list of step "list" is not JSON: it is NaN.' },
    })
  })

  it('closes the generator when the run is cancelled', async () => {
    let closed = false
    await begin(async function* (ctx) {
      try {
        for (let n = 0; ; n++) {
          yield n
          if (n === 5) await new Promise((resolve) => ctx.signal.addEventListener('abort', resolve))
        }
      } finally {
        closed = true
      }
    })
    await expect.poll(async () => (await owner.store.runs.get('r1'))?.counts.completed).toBe(6)
    await owner.store.runs.control('r1', { action: 'cancel' })
    await expect.poll(() => closed).toBe(true)
  })
})

describe('an iterator where no list is wanted', () => {
  it('is refused with what may be done', async () => {
    const owner = await openOwner(createLocalBus)
    const workflow = defineWorkflow({ name: 'walk', steps: (step) => [step('only', () => [1, 2].values())] })
    const worker = createWorker({ store: owner.store, bus: owner.bus, workflows: [workflow], id: 'w1' })
    try {
      await worker.start()
      await startRun(owner.store, 'r1', 'walk')
      await expect.poll(async () => (await owner.store.runs.get('r1'))?.error).toMatchObject({ code: 'invalid_result' })
    } finally {
      await worker.stop({ graceMs: 0 })
      await owner.close()
    }
  })
})
