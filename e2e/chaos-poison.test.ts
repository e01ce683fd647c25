/** Items that kill their process each time: they end as failed, and nobody else does for them. */
import { expect, it } from 'vitest'
import { type Execution, readOutside } from './chaos/outside.ts'
import { type ExtraWorker, Rig } from './chaos/rig.ts'
import { checkCounts, checkResults } from './chaos/verify.ts'

const LONG = process.env['TEST_LONG'] !== undefined
/** An innocent that takes so long is at work each time its neighbour kills the worker. */
const PATIENT = { kind: 'work', ms: LONG ? 60_000 : 4_000 }
const WORK = { kind: 'work', ms: 100 }

async function start(rig: Rig, items: readonly unknown[]): Promise<void> {
  await rig.client.api.runs.start({ id: 'r', workflow: 'poison', input: { outside: rig.outside, items } })
}

/** What must be true once the run is over; `poisons` are the items that kill. */
async function check(rig: Rig, poisons: readonly string[]): Promise<void> {
  const end = await rig.run('r')
  const items = await rig.items('r')
  const outside = readOutside(rig.outside)
  for (const item of items) {
    if (poisons.includes(item.id)) expect(item).toMatchObject({ status: 'failed', error: { code: 'lease_lost' } })
    else expect(item).toMatchObject({ status: 'completed' })
  }
  expect(end).toMatchObject({ status: 'partial', counts: { failed: poisons.length } })
  checkCounts(end, items)
  checkResults(items, outside)
}

function figures(executions: readonly Execution[], poisons: readonly string[], began: number): string {
  const times = new Map<string, number>()
  for (const { item } of executions) times.set(item, (times.get(item) ?? 0) + 1)
  const deaths = poisons.map((id) => times.get(id) ?? 0)
  const innocents = [...times].filter(([id]) => !poisons.includes(id)).map(([, count]) => count)
  const sum = innocents.reduce((a, b) => a + b, 0)
  const ms = Math.round(performance.now() - began)
  return `deaths ${deaths}, ${sum} executions of ${innocents.length} innocents (most ${Math.max(...innocents)}), ${ms} ms`
}

it('parks what kills its worker, in whichever way, and nothing that was beside it', { timeout: 600_000 }, async () => {
  const rig = await Rig.open({ workflow: 'poison.workflow.ts', local: false })
  const workers: Promise<void>[] = []
  let over = false
  try {
    const kinds = ['kill', 'exit', 'throw']
    const poisons = LONG ? ['treat:3', 'treat:12', 'treat:20'] : ['treat:3']
    const items = Array.from({ length: 40 }, (_, i) => {
      const poison = poisons.indexOf(`treat:${i + 1}`)
      if (poison !== -1) return { kind: kinds[poison], ms: 20 }
      return i === 1 || i === 12 ? PATIENT : WORK
    })
    const began = performance.now()
    const first = [await rig.addWorker(), await rig.addWorker()]
    await start(rig, items)
    // Whatever watches over them starts them again at once.
    workers.push(...first.map((worker) => keepAlive(rig, worker, () => over)))
    await rig.ended('r', 500_000)
    over = true
    await check(rig, poisons)
    process.stdout.write(`chaos poison: ${figures([...readOutside(rig.outside).values()], poisons, began)}\n`)
  } catch (error) {
    process.stdout.write(`${rig.output.slice(-5_000)}\n`)
    throw error
  } finally {
    over = true
    await rig.close()
    await Promise.all(workers)
  }
})

async function keepAlive(rig: Rig, first: ExtraWorker, over: () => boolean): Promise<void> {
  let worker: ExtraWorker | undefined = first
  for (;;) {
    await worker?.gone
    if (over()) return
    // It may die before it has said that it is ready.
    worker = await rig.addWorker().catch(() => undefined)
    if (over()) await worker?.kill()
  }
}

// The hub waits longer before each start of its worker: that takes its time.
if (LONG) {
  it('has its worker started again however often it dies', { timeout: 600_000 }, async () => {
    const rig = await Rig.open({ workflow: 'poison.workflow.ts' })
    try {
      const poisons = ['treat:3']
      const began = performance.now()
      await start(rig, [WORK, PATIENT, { kind: 'kill', ms: 0 }, WORK, PATIENT, ...Array(25).fill(WORK)])
      await rig.ended('r', 500_000)
      await check(rig, poisons)
      expect(rig.output.match(/worker process died and is started again/g)).toHaveLength(11)
      process.stdout.write(
        `chaos poison, hub's own worker: ${figures([...readOutside(rig.outside).values()], poisons, began)}\n`,
      )
    } finally {
      await rig.close()
    }
  })
}
