import type { Run } from '@monofil/protocol'
import { itemsOf, type Owner, openOwner, startRun } from '@monofil/testkit/socket-owner'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { createLocalBus } from '../hub/local-bus.ts'
import type { Store } from '../seams/store.ts'
import {
  createWorker,
  defineWorkflow,
  NonRetryable,
  type StepContext,
  type Worker,
  type WorkerOptions,
  type Workflow,
} from './index.ts'

type Made = Omit<WorkerOptions, 'store' | 'bus' | 'workflows' | 'id'> & { readonly id?: string }

/** One step, one item. */
function single(name: string, handler: (ctx: StepContext) => unknown, options: Record<string, unknown> = {}): Workflow {
  return defineWorkflow({ name, steps: (step) => [step('only', options, handler)] })
}

/** A list of `count` numbers, each of which the handler is given. */
function many(name: string, count: number, handler: (ctx: StepContext, n: number) => unknown, options = {}): Workflow {
  return defineWorkflow({
    name,
    steps: (step) => [
      step('list', () => Array.from({ length: count }, (_, n) => n)),
      step('work', { each: 'list', ...options }, handler),
    ],
  })
}

describe('a worker in the process of its store', () => {
  let owner: Owner
  let store: Store
  const workers: Worker[] = []

  beforeEach(async () => {
    owner = await openOwner(createLocalBus)
    store = owner.store
  })
  afterEach(async () => {
    await Promise.all(workers.splice(0).map((worker) => worker.stop({ graceMs: 0 })))
    await owner.close()
  })

  async function begin(workflows: readonly Workflow[], made: Made = {}): Promise<Worker> {
    const worker = createWorker({ store, bus: owner.bus, workflows, id: 'w1', ...made })
    workers.push(worker)
    await worker.start()
    return worker
  }

  async function ended(id: string): Promise<Run> {
    return vi.waitFor(
      async () => {
        const run = await store.runs.get(id)
        expect(run?.finishedAt).not.toBeNull()
        return run as Run
      },
      { timeout: 15_000, interval: 20 },
    )
  }

  it('runs a workflow to its end: input with defaults, items, results as a stream', async () => {
    const workflow = defineWorkflow({
      name: 'sizes',
      input: z.object({ words: z.array(z.string()), factor: z.number().default(10) }),
      steps: (step) => [
        step('list', (ctx) => ctx.input.words),
        step('measure', { each: 'list', concurrency: 2 }, (ctx, word: string) => word.length * ctx.input.factor),
        step('sum', { after: ['measure'] }, async (ctx) => {
          let sum = 0
          for await (const size of ctx.results<number>('measure')) sum += size
          return { sum, all: await ctx.results<number>('measure').all(), run: ctx.run, item: ctx.item }
        }),
      ],
    })
    await begin([workflow])
    await startRun(store, 'r1', 'sizes', { words: ['a', 'bb', 'ccc'] })
    expect(await ended('r1')).toMatchObject({
      status: 'completed',
      progress: 100,
      result: { sum: 60, all: [10, 20, 30], run: { id: 'r1', workflow: 'sizes' }, item: { id: 'sum' } },
    })
  })

  it.each([
    ['cancelled', { action: 'cancel' }],
    ['paused', { action: 'pause', hard: true }],
  ] as const)(
    'aborts the signals of a run that is %s at once, and what its handlers say counts for nothing',
    async (status, control) => {
      const reasons: string[] = []
      let running = 0
      const aborted = Promise.withResolvers<number>()
      const goOn = Promise.withResolvers<void>()
      const workflow = many('held', 5, async (ctx) => {
        running += 1
        ctx.signal.addEventListener('abort', () => {
          reasons.push(ctx.signal.reason.message)
          if (reasons.length === 4) aborted.resolve(performance.now())
        })
        // Deaf to its signal: it answers after its run was taken away.
        await goOn.promise
        return 'late'
      })
      const worker = await begin([workflow], { concurrency: 4, leaseMs: 60_000 })
      await startRun(store, 'r1', 'held')
      await vi.waitFor(() => expect(running).toBe(4))
      const asked = performance.now()
      const run = await store.runs.control('r1', control)
      expect(run.status).toBe(status)
      expect((await aborted.promise) - asked).toBeLessThan(1_000)
      expect(reasons[0]).toMatch(/taken back/)
      await vi.waitFor(() => expect(worker.running).toBe(0))
      goOn.resolve()
      await startRun(store, 'r2', 'held')
      await ended('r2')
      const after = await store.runs.get('r1')
      expect(after).toMatchObject({ status, counts: run.counts })
      expect((await itemsOf(store, 'r1')).filter(({ result }) => result === 'late')).toEqual([])
      if (status === 'cancelled') return
      await store.runs.control('r1', { action: 'resume' })
      expect((await ended('r1')).status).toBe('completed')
      expect(new Set((await itemsOf(store, 'r1')).map(({ attempts }) => attempts))).toEqual(new Set([1]))
    },
  )

  it('streams results of more than one page', async () => {
    const workflow = defineWorkflow({
      name: 'pages',
      steps: (step) => [
        step('list', () => Array.from({ length: 150 }, (_, n) => n)),
        step('same', { each: 'list' }, (_ctx, n: number) => n),
        step('count', { after: ['same'] }, async (ctx) => (await ctx.results<number>('same').all()).join()),
      ],
    })
    await begin([workflow])
    await startRun(store, 'r1', 'pages')
    expect((await ended('r1')).result).toBe(Array.from({ length: 150 }, (_, n) => n).join())
  })

  it('tells a later step what failed and why', async () => {
    const workflow = defineWorkflow({
      name: 'honest',
      steps: (step) => [
        step('list', () => Array.from({ length: 150 }, (_, n) => ({ n }))),
        step('half', { each: 'list' }, (_ctx, { n }: { n: number }) => {
          if (n % 2 === 0) throw new NonRetryable(`${n} is even`, { code: 'even' })
        }),
        step('tell', { after: ['half'] }, (ctx) => ctx.failures<{ n: number }>('half').all()),
      ],
    })
    await begin([workflow])
    await startRun(store, 'r1', 'honest')
    const end = await ended('r1')
    expect(end.status).toBe('partial')
    expect(end.result).toEqual(
      Array.from({ length: 75 }, (_, i) => ({
        id: `half:${2 * i + 1}`,
        index: 2 * i + 1,
        attempts: 1,
        item: { n: 2 * i },
        error: { code: 'even', message: `${2 * i} is even` },
      })),
    )
  })

  it('never runs more handlers than its concurrency, and uses all of it', async () => {
    let now = 0
    let most = 0
    const workflow = many('crowd', 60, async () => {
      most = Math.max(most, ++now)
      await new Promise((resolve) => setImmediate(resolve))
      now--
    })
    await begin([workflow], { concurrency: 5 })
    await startRun(store, 'r1', 'crowd')
    expect((await ended('r1')).status).toBe('completed')
    expect(most).toBe(5)
  })

  it('tries a failed item again after its backoff, and gives each attempt its number', async () => {
    const attempts: number[] = []
    const flaky = single(
      'flaky',
      (ctx) => {
        attempts.push(ctx.attempt)
        if (ctx.attempt < 3) throw new Error(`no ${ctx.attempt}`)
        return 'at last'
      },
      { retry: { retries: 2, minMs: 20, maxMs: 40 } },
    )
    await begin([flaky])
    await startRun(store, 'r1', 'flaky')
    expect(await ended('r1')).toMatchObject({ status: 'completed', result: 'at last' })
    expect(attempts).toEqual([1, 2, 3])
  })

  it('fails an item for good by NonRetryable, by a result that is not JSON and by an input its schema refuses', async () => {
    let runs = 0
    const options = { retry: { retries: 5, minMs: 1, maxMs: 1 } }
    const final = single(
      'final',
      () => {
        runs++
        throw new NonRetryable('broken', { code: 'broken_image' })
      },
      options,
    )
    const odd = single('odd', () => ({ n: Number.NaN }), options)
    const strict = defineWorkflow({
      name: 'strict',
      input: z.object({ n: z.number() }),
      steps: (step) => [step('only', options, () => runs++)],
    })
    await begin([final, odd, strict])
    await startRun(store, 'r1', 'final')
    await startRun(store, 'r2', 'odd')
    await startRun(store, 'r3', 'strict', { n: 'x' })
    await Promise.all(['r1', 'r2', 'r3'].map(ended))
    expect(runs).toBe(1)
    const errors = await Promise.all(['r1', 'r2', 'r3'].map(async (id) => (await itemsOf(store, id))[0]))
    expect(errors).toMatchObject([
      { attempts: 1, error: { code: 'broken_image', message: 'broken' } },
      { attempts: 1, error: { code: 'invalid_result' } },
      { attempts: 1, error: { code: 'invalid_input', message: expect.stringContaining('n: ') } },
    ])
  })

  it('gives each attempt its own input', async () => {
    const workflow = defineWorkflow({
      name: 'own',
      input: z.object({ tags: z.array(z.string()) }),
      steps: (step) => [
        step('list', () => [1, 2, 3]),
        step('push', { each: 'list' }, (ctx) => ctx.input.tags.push('mine')),
      ],
    })
    await begin([workflow])
    await startRun(store, 'r1', 'own', { tags: [] })
    await ended('r1')
    expect((await itemsOf(store, 'r1')).slice(1).map(({ result }) => result)).toEqual([1, 1, 1])
  })

  it('times a handler out that never returns, aborts its signal and tries again', async () => {
    const reasons: unknown[] = []
    const hangs = single(
      'hangs',
      (ctx) => {
        ctx.signal.addEventListener('abort', () => reasons.push(ctx.signal.reason))
        return ctx.attempt === 1 ? new Promise(() => {}) : 'second'
      },
      { timeoutMs: 100, retry: { retries: 1, minMs: 1, maxMs: 1 } },
    )
    const worker = await begin([hangs], { concurrency: 1 })
    await startRun(store, 'r1', 'hangs')
    expect(await ended('r1')).toMatchObject({ status: 'completed', result: 'second' })
    expect(reasons).toMatchObject([{ name: 'TimeoutError' }])
    expect(worker.running).toBe(0)
  })

  it('says timeout when there is no attempt left', async () => {
    await begin([single('hangs', () => new Promise(() => {}), { timeoutMs: 50 })])
    await startRun(store, 'r1', 'hangs')
    await ended('r1')
    expect(await itemsOf(store, 'r1')).toMatchObject([{ error: { code: 'timeout', message: /timeoutMs of 50/ } }])
  })

  it('keeps the log lines of a handler, also those just before its end', async () => {
    const chatty = single('chatty', (ctx) => {
      ctx.log('begun')
      ctx.log('nearly', { at: 9 }, 'warn')
    })
    await begin([chatty])
    await startRun(store, 'r1', 'chatty')
    await ended('r1')
    const { items } = await store.runs.logs('r1', { limit: 10 })
    const lines = [...items].sort((a, b) => a.message.localeCompare(b.message))
    expect(lines).toMatchObject([
      { level: 'info', message: 'begun', step: 'only', item: 'only' },
      { level: 'warn', message: 'nearly', data: { at: 9 } },
    ])
  })

  it('leaves alone what is not its own, and runs what another worker begins', async () => {
    const mine = single('mine', () => 'mine')
    const other = single('other', () => 'other')
    await begin([mine])
    await begin([other], { id: 'w2' })
    await startRun(store, 'r1', 'other')
    await startRun(store, 'r2', 'mine')
    expect([(await ended('r1')).result, (await ended('r2')).result]).toEqual(['other', 'mine'])
  })

  it('shares one run with another worker; every item is run once', async () => {
    const seen = new Map<number, string[]>()
    const flow = (id: string): Workflow =>
      many('shared', 100, async (_ctx, n) => {
        seen.set(n, [...(seen.get(n) ?? []), id])
        await new Promise((resolve) => setImmediate(resolve))
      })
    await begin([flow('w1')], { id: 'w1', concurrency: 3 })
    await begin([flow('w2')], { id: 'w2', concurrency: 3 })
    await startRun(store, 'r1', 'shared')
    expect((await ended('r1')).counts).toMatchObject({ completed: 101, total: 101 })
    expect([...seen.values()].every((ids) => ids.length === 1)).toBe(true)
    expect(new Set([...seen.values()].flat())).toEqual(new Set(['w1', 'w2']))
  })

  it('lets running handlers end when it stops, and hands the rest back uncounted', async () => {
    const gate = Promise.withResolvers<void>()
    const workflow = many('slow', 20, () => gate.promise, { concurrency: 4 })
    const worker = await begin([workflow], { concurrency: 4 })
    await startRun(store, 'r1', 'slow')
    await vi.waitFor(() => expect(worker.running).toBe(4))
    const stopping = worker.stop({ graceMs: 10_000 })
    gate.resolve()
    await stopping
    const items = (await itemsOf(store, 'r1')).slice(1)
    expect(items.filter(({ status }) => status === 'completed')).toHaveLength(4)
    expect(items.filter(({ status, attempts }) => status === 'queued' && attempts === 0)).toHaveLength(16)
  })

  it('aborts what is still running after the grace and gives it back', async () => {
    const aborted: string[] = []
    const stubborn = single('stubborn', (ctx) => {
      ctx.signal.addEventListener('abort', () => aborted.push(ctx.item.id))
      return new Promise(() => {})
    })
    const worker = await begin([stubborn])
    await startRun(store, 'r1', 'stubborn')
    await vi.waitFor(() => expect(worker.running).toBe(1))
    await worker.stop({ graceMs: 20 })
    expect(aborted).toEqual(['only'])
    expect(await itemsOf(store, 'r1')).toMatchObject([{ status: 'queued', attempts: 0 }])
  })

  it('stops an attempt whose lease was taken away, and its late result counts for nothing', async () => {
    const signals: AbortSignal[] = []
    const held = single('held', (ctx) => {
      signals.push(ctx.signal)
      return ctx.attempt === 1 ? new Promise(() => {}) : 'again'
    })
    await begin([held], { leaseMs: 300 })
    await startRun(store, 'r1', 'held')
    await vi.waitFor(() => expect(signals).toHaveLength(1))
    await store.work.release('w1')
    expect((await ended('r1')).result).toBe('again')
    await vi.waitFor(() => expect(signals[0]?.aborted).toBe(true))
  })

  it('fails an item of a step that its file no longer has', async () => {
    const before = single('changed', () => 1)
    await store.workflows.register([
      {
        name: 'changed',
        exclusive: false,
        inputSchemaJson: null,
        steps: [{ ...([...before.steps.values()][0]?.plan as never as object), name: 'old' } as never],
      },
    ])
    await startRun(store, 'r1', 'changed')
    await begin([before])
    await ended('r1')
    expect(await itemsOf(store, 'r1')).toMatchObject([{ error: { code: 'unknown_step' } }])
  })

  it('does not begin any more when it was stopped meanwhile', async () => {
    const worker = createWorker({ store, bus: owner.bus, workflows: [single('a', () => 1)], id: 'w1' })
    const starting = worker.start()
    await Promise.all([expect(starting).rejects.toMatchObject({ code: 'invalid_state' }), worker.stop()])
    expect(await store.workflows.get('a')).toBeUndefined()
  })

  it('starts once', async () => {
    const worker = await begin([single('a', () => 1)])
    await expect(worker.start()).rejects.toMatchObject({ code: 'invalid_state' })
  })
})

describe('a worker', () => {
  it.each([
    [{ id: 'no spaces' }, /id must be an id/],
    [{ concurrency: 0 }, /concurrency must be a whole number from 1 to 1000, not 0/],
    [{ leaseMs: 1 }, /leaseMs must be/],
    [{ workflows: [] }, /at least one workflow/],
    [{ workflows: [single('a', () => 1), single('a', () => 1)] }, /Two workflows are named "a"/],
  ])('refuses %o', (wrong, words) => {
    const seams = { store: null as never, bus: null as never }
    const options = { ...seams, workflows: [single('a', () => 1)], id: 'w1', ...wrong }
    expect(() => createWorker(options)).toThrow(words)
  })
})
