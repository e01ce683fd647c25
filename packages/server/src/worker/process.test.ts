import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Item, isTerminal, type Run } from '@monofil/protocol'
import { itemsOf, type Owner, openOwner, startRun } from '@monofil/testkit/socket-owner'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createLocalBus } from '../hub/local-bus.ts'
import { createWorker, loadWorkflows, type Worker } from './index.ts'

const INDEX = JSON.stringify(new URL('./index.ts', import.meta.url).href)

const ENTRY = `
import { runWorkerProcess } from ${INDEX}
const say = (message, fields) => process.stderr.write(message + ' ' + JSON.stringify(fields ?? {}) + '\\n')
const logger = { debug() {}, info() {}, warn: process.env.LOUD ? say : () => {}, error: say }
const [dir, id, leaseMs, ...files] = process.argv.slice(2)
const worker = await runWorkerProcess({ dir, id, leaseMs: Number(leaseMs), files, logger })
process.send({ workflows: worker.workflows })
await worker.stopped
process.exit(0)
`

/** Its handlers meet the test through files of the data folder. */
const WORKFLOWS = `
import { appendFileSync, existsSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { defineWorkflow } from ${INDEX}
const block = (ms) => { const until = Date.now() + ms; while (Date.now() < until); }
const retry = { retries: 1, minMs: 1, maxMs: 1 }
const single = (name, options, run) => defineWorkflow({ name, steps: (step) => [step('only', options, run)] })
export default [
  defineWorkflow({
    name: 'many',
    steps: (step) => [
      step('list', (ctx) => Array.from({ length: ctx.input.count }, (_, n) => n)),
      step('work', { each: 'list' }, async (ctx, n) => {
        appendFileSync(ctx.input.log, n + '\\n')
        await wait(10)
        return process.pid
      }),
    ],
  }),
  defineWorkflow({
    name: 'gated',
    steps: (step) => [
      step('list', () => [1, 2, 3, 4]),
      step('work', { each: 'list' }, async (ctx, n) => {
        appendFileSync(ctx.input.log, n + '\\n')
        while (!existsSync(ctx.input.gate)) await wait(10)
        return n
      }),
    ],
  }),
  single('blocks', { retry }, (ctx) => {
    appendFileSync(ctx.input.log, 'x\\n')
    block(2500)
    return process.pid
  }),
  single('aborts', { retry }, (ctx) => new Promise((resolve) => {
    appendFileSync(ctx.input.log, 'begun\\n')
    ctx.signal.addEventListener('abort', () => {
      appendFileSync(ctx.input.log, 'aborted ' + Date.now() + '\\n')
      setTimeout(resolve, 50, 'late')
    })
  })),
  single('hangs', { timeoutMs: 300, retry }, (ctx) => {
    appendFileSync(ctx.input.log, 'x\\n')
    if (ctx.attempt === 1) block(600000)
    return process.pid
  }),
]
`

describe('worker processes', () => {
  let owner: Owner
  let log: string
  const children: ChildProcess[] = []
  const workers: Worker[] = []

  beforeEach(async () => {
    owner = await openOwner(createLocalBus)
    log = join(owner.dir, 'handled.txt')
    await writeFile(join(owner.dir, 'entry.mjs'), ENTRY)
    await writeFile(join(owner.dir, 'flows.mjs'), WORKFLOWS)
  })
  afterEach(async () => {
    for (const child of children.splice(0)) {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL')
        await once(child, 'exit')
      }
    }
    await Promise.all(workers.splice(0).map((worker) => worker.stop({ graceMs: 0 })))
    await owner.close()
  })

  async function spawnWorker(id: string, leaseMs = 15_000): Promise<ChildProcess> {
    const args = [owner.dir, id, String(leaseMs), join(owner.dir, 'flows.mjs')]
    const child = fork(join(owner.dir, 'entry.mjs'), args, { execArgv: ['--conditions=@monofil/source'] })
    children.push(child)
    await once(child, 'message')
    return child
  }

  async function workHere(): Promise<void> {
    const workflows = await loadWorkflows([join(owner.dir, 'flows.mjs')])
    const worker = createWorker({ store: owner.store, bus: owner.bus, workflows, id: 'here' })
    workers.push(worker)
    await worker.start()
  }

  async function handled(): Promise<string[]> {
    return existsSync(log) ? (await readFile(log, 'utf8')).trim().split('\n') : []
  }

  async function ended(id: string): Promise<Run> {
    return vi.waitFor(
      async () => {
        const run = await owner.store.runs.get(id)
        expect(run !== undefined && isTerminal(run.status)).toBe(true)
        return run as Run
      },
      { timeout: 15_000, interval: 25 },
    )
  }

  it('run to the end over the socket', async () => {
    const child = await spawnWorker('w1')
    await startRun(owner.store, 'r1', 'many', { count: 50, log })
    expect(await ended('r1')).toMatchObject({ status: 'completed', counts: { completed: 51 } })
    expect((await itemsOf(owner.store, 'r1')).at(-1)?.result).toBe(child.pid)
  })

  it('killed in mid-run lose nothing: a second one takes over at once, and nothing is recorded twice', async () => {
    const first = await spawnWorker('w1')
    await startRun(owner.store, 'r1', 'many', { count: 120, log })
    await vi.waitFor(async () => expect((await handled()).length).toBeGreaterThan(30), { interval: 5 })
    first.kill('SIGKILL')
    await once(first, 'exit')
    const second = await spawnWorker('w2')
    const run = await ended('r1')
    // The lease of 15 s had not run out: the owner saw the socket close.
    expect(run).toMatchObject({ status: 'completed', counts: { completed: 121, total: 121 } })
    const items = (await itemsOf(owner.store, 'r1')).slice(1)
    expect(new Set(items.map(({ result }) => result))).toEqual(new Set([first.pid, second.pid]))
    const { events } = await owner.store.log.read({ topic: 'run:r1', after: 0, limit: 10_000, maxBytes: 1e8 })
    expect(events.map(({ offset }) => offset)).toEqual(events.map((_, n) => n + 1))
    expect(events.at(-1)?.type).toBe('complete')
    const completed = events
      .filter(({ type }) => type === 'item')
      .flatMap(({ dataJson }) => JSON.parse(dataJson) as Item[])
      .filter(({ status }) => status === 'completed')
      .map(({ id }) => id)
    expect(completed.length).toBe(new Set(completed).size)
    expect(completed.length).toBe(121)
    // Handled again are those under way when the process died, and those whose results were not on the disk yet: on a
    // slow disk more than the eight that run at once, never all.
    expect((await handled()).length - 120).toBeLessThanOrEqual(64)
  })

  it.each([
    ['cancelled', { action: 'cancel' }],
    ['paused', { action: 'pause', hard: true }],
  ] as const)('stop what belongs to a run that is %s, at once, and are believed no more', async (status, control) => {
    await spawnWorker('w1', 60_000)
    await startRun(owner.store, 'r1', 'aborts', { log })
    await vi.waitFor(async () => expect(await handled()).toEqual(['begun']))
    const asked = Date.now()
    await owner.store.runs.control('r1', control)
    await vi.waitFor(async () => expect(await handled()).toHaveLength(2), { timeout: 10_000, interval: 5 })
    // Measured: 2 to 4 ms. Without the news it would be a third of a lease, 20 s.
    expect(Number((await handled())[1]?.split(' ')[1]) - asked).toBeLessThan(2_000)
    await startRun(owner.store, 'r2', 'many', { count: 3, log })
    await ended('r2')
    const [item] = await itemsOf(owner.store, 'r1')
    expect(item).toMatchObject({ result: null, status: status === 'paused' ? 'queued' : 'cancelled' })
    expect(await owner.store.runs.get('r1')).toMatchObject({ status })
  })

  it('killed while their run is paused give back what they held, to whoever comes after the pause', async () => {
    const first = await spawnWorker('w1')
    const gate = join(owner.dir, 'gate')
    await startRun(owner.store, 'r1', 'gated', { log, gate })
    await vi.waitFor(async () => expect(await handled()).toHaveLength(4))
    await owner.store.runs.control('r1', { action: 'pause' })
    first.kill('SIGKILL')
    await once(first, 'exit')
    await vi.waitFor(async () => expect((await owner.store.runs.get('r1'))?.counts.running).toBe(0))
    await writeFile(gate, '')
    await spawnWorker('w2')
    await startRun(owner.store, 'r2', 'many', { count: 3, log })
    await ended('r2')
    expect(await owner.store.runs.get('r1')).toMatchObject({ status: 'paused', counts: { completed: 1, retrying: 4 } })
    await owner.store.runs.control('r1', { action: 'resume' })
    expect(await ended('r1')).toMatchObject({ status: 'completed', counts: { completed: 5 } })
  })

  it('keep the lease of a handler that blocks their loop for longer than it lasts', async () => {
    const child = await spawnWorker('w1', 1_000)
    await startRun(owner.store, 'r1', 'blocks', { log })
    await vi.waitFor(async () => expect(await handled()).toHaveLength(1))
    // Another worker sweeps every second and would take the item, were the lease to end.
    await workHere()
    expect((await ended('r1')).result).toBe(child.pid)
    expect(await handled()).toHaveLength(1)
    expect(await itemsOf(owner.store, 'r1')).toMatchObject([{ attempts: 1 }])
  })

  it('lose the lease of a handler that hangs their loop past its timeout, to a worker that tries again', async () => {
    await spawnWorker('w1', 1_000)
    await startRun(owner.store, 'r1', 'hangs', { log })
    await vi.waitFor(async () => expect(await handled()).toHaveLength(1))
    await workHere()
    expect(await ended('r1')).toMatchObject({ status: 'completed', result: process.pid })
    expect(await itemsOf(owner.store, 'r1')).toMatchObject([{ attempts: 2 }])
  })

  it('outlive a restart of the owner: handlers go on, and what they answer is recorded once', async () => {
    const gate = join(owner.dir, 'gate')
    await spawnWorker('w1')
    await startRun(owner.store, 'r1', 'gated', { log, gate })
    await vi.waitFor(async () => expect(await handled()).toHaveLength(4))
    await owner.restart()
    await writeFile(gate, '')
    expect(await ended('r1')).toMatchObject({ status: 'completed' })
    expect(await handled()).toHaveLength(4)
    expect((await itemsOf(owner.store, 'r1')).every(({ attempts }) => attempts === 1)).toBe(true)
    // And they take new work from the new owner.
    await startRun(owner.store, 'r2', 'many', { count: 3, log })
    expect(await ended('r2')).toMatchObject({ status: 'completed' })
  })

  it('end by themselves when the parent disconnects, and give back what they held', async () => {
    const child = await spawnWorker('w1')
    await startRun(owner.store, 'r1', 'gated', { log, gate: join(owner.dir, 'never') })
    await vi.waitFor(async () => expect(await handled()).toHaveLength(4))
    child.disconnect()
    expect(await once(child, 'exit')).toEqual([0, null])
    await vi.waitFor(async () => {
      const items = (await itemsOf(owner.store, 'r1')).slice(1)
      expect(items.every(({ status, attempts }) => status === 'queued' && attempts === 0)).toBe(true)
    })
  })

  it('say what is wrong with a workflow file', async () => {
    const args = [owner.dir, 'w1', '15000', join(owner.dir, 'gone.ts')]
    const child = fork(join(owner.dir, 'entry.mjs'), args, { execArgv: ['--conditions=@monofil/source'], silent: true })
    children.push(child)
    const said: string[] = []
    child.stderr?.on('data', (chunk) => said.push(String(chunk)))
    const [code] = await once(child, 'close')
    expect(code).toBe(1)
    expect(said.join('')).toMatch(/gone\.ts cannot be used: there is no such file/)
  })
})
