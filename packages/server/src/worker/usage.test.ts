import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MonofilError, type Run } from '@monofil/protocol'
import { itemsOf, type Owner, openOwner, startRun } from '@monofil/testkit/socket-owner'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createLocalBus } from '../hub/local-bus.ts'
import type { Store } from '../seams/store.ts'
import { createWorker, defineWorkflow, type StepContext, type UsageReport, type Worker } from './index.ts'

const INDEX = JSON.stringify(new URL('./index.ts', import.meta.url).href)

const ENTRY = `
import { runWorkerProcess } from ${INDEX}
const logger = { debug() {}, info() {}, warn() {}, error() {} }
const worker = await runWorkerProcess({ dir: process.argv[2], id: process.argv[3], files: [process.argv[4]], logger })
process.send('ready')
await worker.stopped
process.exit(0)
`
/** The first attempt says what it used and then hangs until its process is killed. */
const FLOW = `
import { defineWorkflow } from ${INDEX}
export default defineWorkflow({
  name: 'spends',
  steps: (step) => [
    step('only', async (ctx) => {
      ctx.usage({ tokens: 100, cost: 0.1, model: 'm' })
      if (ctx.attempt === 1) await new Promise(() => setInterval(() => {}, 1000))
      return ctx.attempt
    }),
  ],
})
`

// Real processes and a real store, on machines that are busy with other tests.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

describe('ctx.usage', () => {
  let owner: Owner
  let store: Store
  const workers: Worker[] = []
  const children: ChildProcess[] = []

  beforeEach(async () => {
    owner = await openOwner(createLocalBus)
    store = owner.store
  })
  afterEach(async () => {
    for (const child of children.splice(0)) {
      if (child.exitCode !== null || child.signalCode !== null) continue
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    await Promise.all(workers.splice(0).map((worker) => worker.stop({ graceMs: 0 })))
    await owner.close()
  })

  async function begin(handler: (ctx: StepContext) => unknown, options: object = {}, wrap = store): Promise<void> {
    const flow = defineWorkflow({ name: 'spends', steps: (step) => [step('only', options, handler)] })
    const worker = createWorker({ store: wrap, bus: owner.bus, workflows: [flow], id: 'w1' })
    workers.push(worker)
    await worker.start()
    await startRun(store, 'r', 'spends')
  }

  async function ended(): Promise<Run> {
    const at = async () => (await store.runs.get('r'))?.finishedAt ?? null
    await expect.poll(at, { timeout: 30_000 }).not.toBeNull()
    return (await store.runs.get('r')) as Run
  }
  const ledger = async () => {
    const query = { viewer: { all: true }, days: 400, by: ['model'], limit: 200 } as const
    return (await store.usage.list(query)).items
  }

  it('is seen while the item works, and counts of attempts that fail', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const retry = { retries: 1, minMs: 0 }
    await begin(
      async (ctx) => {
        ctx.usage({ tokens: 1, currency: 'USD', model: 'a' })
        ctx.usage({ tokens: 2, cost: 0.1, currency: 'USD', model: 'a' })
        ctx.usage({ cost: '0.2', model: 'b' })
        if (ctx.attempt === 1) throw new Error('not this time')
        await promise
      },
      { retry },
    )
    const spent = { tokens: 6, cost: '0.6', currency: 'USD' }
    await expect.poll(async () => (await store.runs.get('r'))?.usage, { timeout: 30_000 }).toMatchObject(spent)
    expect(await store.runs.get('r')).toMatchObject({ status: 'running' })
    resolve()
    expect(await ended()).toMatchObject({ status: 'completed', usage: spent, steps: [{ usage: spent }] })
    expect(await itemsOf(store, 'r')).toMatchObject([{ attempts: 2, usage: spent }])
    expect(await ledger()).toEqual([
      { model: 'a', tokens: 6, cost: '0.2', currency: 'USD' },
      { model: 'b', tokens: 0, cost: '0.4', currency: 'USD' },
    ])
  })

  it('counts once where the answer of the store was lost on the way', async () => {
    let lost = 0
    const work: Store['work'] = {
      ...store.work,
      usage: async (entries) => {
        await store.work.usage(entries)
        if (lost++ < 2) throw new MonofilError('store_unavailable', 'the answer was lost')
      },
    }
    await begin((ctx) => ctx.usage({ tokens: 5 }), {}, { ...parts(store), work })
    expect(await ended()).toMatchObject({ status: 'completed' })
    await expect.poll(() => lost, { timeout: 30_000 }).toBeGreaterThan(2)
    expect((await store.runs.get('r'))?.usage.tokens).toBe(5)
  })

  it.each<readonly [string, unknown]>([
    ['usage', null],
    ['tokens', {}],
    ['tokens', { tokens: 1.5 }],
    ['tokens', { tokens: -1 }],
    ['cost', { cost: '1,5' }],
    ['cost', { cost: Number.NaN }],
    ['currency', { cost: 1, currency: 'dollars' }],
    ['model', { tokens: 1, model: '' }],
    ['price', { price: 1 }],
  ])('refuses what is no amount, by its name: %s of %j', async (field, used) => {
    await begin((ctx) => {
      try {
        ctx.usage(used as UsageReport)
      } catch (error) {
        return (error as { details: { field: string } }).details.field
      }
      return 'taken'
    })
    expect((await ended()).result).toBe(field)
    expect(await ledger()).toEqual([])
  })

  it('of a process that is killed between usage and result counts, and so does that of the next attempt', async () => {
    await writeFile(join(owner.dir, 'entry.mjs'), ENTRY)
    await writeFile(join(owner.dir, 'flow.mjs'), FLOW)
    const spawn = async (id: string) => {
      const child = fork(join(owner.dir, 'entry.mjs'), [owner.dir, id, join(owner.dir, 'flow.mjs')], {
        execArgv: ['--conditions=@monofil/source'],
      })
      children.push(child)
      await once(child, 'message')
      return child
    }
    const first = await spawn('w1')
    await startRun(store, 'r', 'spends')
    await expect.poll(async () => (await store.runs.get('r'))?.usage.tokens, { timeout: 60_000 }).toBe(100)
    first.kill('SIGKILL')
    await once(first, 'exit')
    await spawn('w2')
    expect(await ended()).toMatchObject({ status: 'completed', usage: { tokens: 200, cost: '0.2' } })
    expect(await itemsOf(store, 'r')).toMatchObject([{ usage: { tokens: 200 } }])
    expect(await ledger()).toMatchObject([{ model: 'm', tokens: 200, cost: '0.2' }])
  }, 120_000)
})

/** The store's parts by name: an object of a class has none of its own to spread. */
function parts(store: Store): Store {
  const { log, runs, work, workflows, tickets, schedules, revocations, usage, kpis, notifications, pushes, epoch } =
    store
  return {
    log,
    runs,
    work,
    workflows,
    tickets,
    schedules,
    revocations,
    usage,
    kpis,
    notifications,
    pushes,
    epoch,
    close: () => store.close(),
  }
}
