/** Handlers that hang, that keep their loop busy, and whole processes that stand still: who is believed then. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Execution, readOutside } from './chaos/outside.ts'
import { type ExtraWorker, moment, Rig, until } from './chaos/rig.ts'
import { checkCounts, checkResults } from './chaos/verify.ts'

const LONG = process.env['TEST_LONG'] !== undefined
/** As users have them in the long form, and short ones, for which nobody waits, in the everyday run. */
const LEASE = LONG ? {} : { leaseMs: 1_500 }
const BLOCK_MS = LONG ? 60_000 : 4_000
const STOP_MS = LONG ? 20_000 : 3_000
const WORK = { kind: 'work', ms: 20 }

let rig: Rig

async function start(workflow: string, items: readonly unknown[], id: string = workflow): Promise<void> {
  await rig.client.api.runs.start({ id, workflow, input: { outside: rig.outside, items } })
}

function executionsOf(item: string, run: string): readonly Execution[] {
  return [...readOutside(rig.outside).values()].filter((one) => one.item === item && one.run === run)
}

describe('a worker with two slots', () => {
  beforeAll(async () => {
    rig = await Rig.open({ workflow: 'hang.workflow.ts', flags: ['--concurrency', '2'] })
  })
  afterAll(() => rig.close())

  it('ends a handler that hangs at its timeout, as often as it may be tried, and everything around it goes on', async () => {
    // As many hang as there are slots: nothing else would ever run, if one of them kept its own.
    await start('hasty', [{ kind: 'hang' }, { kind: 'hang' }, ...Array(10).fill(WORK)])
    const end = await rig.ended('hasty', 60_000)
    const items = await rig.items('hasty')
    expect(end).toMatchObject({ status: 'partial', counts: { failed: 2, completed: 11, running: 0, retrying: 0 } })
    for (const id of ['do:1', 'do:2']) {
      expect(items.find((item) => item.id === id)).toMatchObject({ attempts: 3, error: { code: 'timeout' } })
      expect(executionsOf(id, 'hasty').map(({ attempt }) => attempt)).toEqual([1, 2, 3])
    }
    checkCounts(end, items)
  })

  it('cancels a run that hangs at once, and its seats and slots are free', async () => {
    await start('seated', [{ kind: 'hang' }, { kind: 'hang' }], 'stuck')
    await until(async () => (await rig.run('stuck')).counts.running === 2, 15_000, 'both to hang')
    await start('seated', [WORK, WORK], 'next')
    const asked = performance.now()
    expect(await rig.client.api.runs.cancel('stuck')).toMatchObject({ status: 'cancelled', counts: { running: 0 } })
    const tookMs = performance.now() - asked
    expect(await rig.ended('next', 10_000)).toMatchObject({ status: 'completed', counts: { completed: 3 } })
    process.stdout.write(
      `chaos hang: cancelled in ${Math.round(tookMs)} ms, the next run was over ${Math.round(performance.now() - asked)} ms after that was asked\n`,
    )
    expect(tookMs).toBeLessThan(2_000)
    checkCounts(await rig.run('stuck'), await rig.items('stuck'))
  })
})

describe('two workers with one slot each', () => {
  let stopped: ExtraWorker
  beforeAll(async () => {
    rig = await Rig.open({ workflow: 'hang.workflow.ts', local: false })
    stopped = await rig.addWorker({ ...LEASE, concurrency: 1 })
    await rig.addWorker({ ...LEASE, concurrency: 1 })
  })
  afterAll(() => rig.close())

  it(`keeps the lease of a handler that blocks its loop for ${BLOCK_MS} ms, beside an idle worker`, async () => {
    await start('patient', [{ kind: 'block', ms: BLOCK_MS }, ...Array(10).fill(WORK)])
    const end = await rig.ended('patient', BLOCK_MS + 30_000)
    const items = await rig.items('patient')
    expect(end).toMatchObject({ status: 'completed', counts: { completed: 12 } })
    expect(executionsOf('do:1', 'patient')).toHaveLength(1)
    expect(items.find(({ id }) => id === 'do:1')).toMatchObject({ attempts: 1, status: 'completed' })
    checkCounts(end, items)
  }, 180_000)

  it('gives an item whose handler blocks over its timeout to another worker, and refuses the late result', async () => {
    await start('hasty', [{ kind: 'block', once: true, ms: BLOCK_MS }, WORK])
    const end = await rig.ended('hasty', BLOCK_MS + 30_000)
    const [blocked, other] = executionsOf('do:1', 'hasty')
    expect(blocked?.endedAt).toBeNull()
    expect(other?.pid).not.toBe(blocked?.pid)
    expect(end).toMatchObject({ status: 'completed', counts: { completed: 3 } })
    await until(
      () => executionsOf('do:1', 'hasty')[0]?.endedAt !== null,
      BLOCK_MS + 30_000,
      'the blocked handler to end',
    )
    await until(() => /Late outcomes were refused|Leases are lost/.test(rig.output), 15_000, 'a word about it')
    await start('hasty', Array(6).fill(WORK), 'after')
    await rig.ended('after', 15_000)
    // Also the one that was blocked works again.
    const workers = new Set(
      [...readOutside(rig.outside).values()].filter(({ run }) => run === 'after').map(({ pid }) => pid),
    )
    expect(workers.has(blocked?.pid ?? 0)).toBe(true)
    expect(await rig.run('hasty')).toEqual(end)
    const items = await rig.items('hasty')
    expect(items.find(({ id }) => id === 'do:1')).toMatchObject({ attempts: 2, status: 'completed' })
    checkResults(items, readOutside(rig.outside))
  }, 180_000)

  it(`gives what a stopped process held for ${STOP_MS} ms to another one, and does not believe it when it goes on`, async () => {
    await start('patient', Array(30).fill({ kind: 'work', ms: 200 }), 'stopped')
    const running = (pid: number) =>
      [...readOutside(rig.outside).values()].filter((one) => one.pid === pid && one.endedAt === null).length
    await until(() => running(stopped.pid) === 1, 15_000, 'the worker to be busy')
    stopped.signal('SIGSTOP')
    const held = [...readOutside(rig.outside).values()].filter((one) => one.pid === stopped.pid && one.endedAt === null)
    await moment(STOP_MS)
    const end = await rig.ended('stopped', 60_000)
    stopped.signal('SIGCONT')
    await until(() => running(stopped.pid) === 0, 15_000, 'the stopped handlers to end')
    await until(() => /Late outcomes were refused|Leases are lost/.test(stopped.output()), 15_000, 'a word about it')
    const items = await rig.items('stopped')
    expect(end).toMatchObject({ status: 'completed', counts: { completed: 31 } })
    expect(await rig.run('stopped')).toEqual(end)
    for (const { item } of held) {
      expect(executionsOf(item, 'stopped').length).toBe(2)
      expect(items.find(({ id }) => id === item)).toMatchObject({ attempts: 2 })
    }
    checkCounts(end, items)
    checkResults(items, readOutside(rig.outside))
  }, 180_000)
})
