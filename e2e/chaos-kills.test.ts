/** `kill -9` of the hub, a worker, or hub and worker at random moments, and what is true when all is over. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Envelope, Run } from '@monofil/protocol'
import { isTerminal } from '@monofil/protocol'
import { expect, it } from 'vitest'
import { MODELS, READ_RATE } from './chaos/kills.ts'
import { type Execution, mostAtOnce, mostStarts, readOutside } from './chaos/outside.ts'
import { type ExtraWorker, moment, Rig, until } from './chaos/rig.ts'
import { checkCounts, checkLog, checkResults } from './chaos/verify.ts'
import { chooseSeed, seeded } from './network-lab.ts'

const LONG = process.env['TEST_LONG'] !== undefined
const KILLS = LONG ? 50 : 8
const ITEMS = LONG ? 2_500 : 300
const TARGETS = ['hub', 'both', 'worker', 'worker', 'extra'] as const

/** One run of the workflow, as a client that stays sees it: two rounds, since some items fail in the first. */
class Batch {
  readonly id: string
  readonly seen: Envelope[] = []
  readonly #rig: Rig
  readonly #gate: string
  firstRound: Run | undefined

  private constructor(rig: Rig, id: string) {
    this.id = id
    this.#rig = rig
    this.#gate = join(rig.folder, `gate-${id}`)
  }

  static async start(rig: Rig, id: string): Promise<Batch> {
    const batch = new Batch(rig, id)
    const input = { items: ITEMS, outside: rig.outside, gate: batch.#gate }
    await rig.client.api.runs.start({ id, workflow: 'kills', input })
    rig.client.subscribe(`run:${id}`, { cursor: '0', onEvent: (event) => batch.seen.push(event) })
    return batch
  }

  /** Begins the second round when the first is over; answers whether both are. */
  async over(): Promise<boolean> {
    const run = await this.#rig.run(this.id)
    if (!isTerminal(run.status)) return false
    if (this.firstRound !== undefined) return run.round === 2
    this.firstRound = run
    await writeFile(this.#gate, '')
    await this.#rig.client.api.runs.retry(this.id)
    return false
  }

  async check(outside: ReadonlyMap<string, Execution>): Promise<number> {
    const end = await this.#rig.run(this.id)
    await until(() => this.seen.at(-1)?.offset === end.offset, 15_000, 'the client to have seen the last event')
    const items = await this.#rig.items(this.id)
    expect(this.firstRound).toMatchObject({ status: 'partial', counts: { failed: Math.floor(ITEMS / 50) } })
    expect(end).toMatchObject({ status: 'completed', round: 2, result: { results: ITEMS } })
    expect(items).toHaveLength(ITEMS * 2 + 2)
    expect(items.filter(({ status }) => status !== 'completed')).toEqual([])
    checkCounts(end, items)
    checkLog(end, this.seen, { again: ['summary'] })
    checkResults(items, outside)
    return items.length
  }
}

it(`loses nothing and records nothing twice over ${KILLS} kills`, { timeout: 1_200_000 }, async () => {
  const seed = chooseSeed()
  const random = seeded(seed)
  const rig = await Rig.open({ workflow: 'kills.workflow.ts' })
  const kills: Record<string, number> = {}
  try {
    let extra: ExtraWorker = await rig.addWorker()
    const batches = [await Batch.start(rig, 'batch-1')]
    const began = performance.now()
    for (let done = 0; done < KILLS; ) {
      await moment(random() * (LONG ? 1_200 : 800))
      // Kills after the end would prove nothing.
      if (await batches.at(-1)?.over()) batches.push(await Batch.start(rig, `batch-${batches.length + 1}`))
      const target = TARGETS[Math.floor(random() * TARGETS.length)] ?? 'hub'
      if (target === 'extra') {
        await extra.kill()
        extra = await rig.addWorker()
      } else if (target !== 'worker') await rig.killHub(target)
      else if (!rig.killLocalWorker()) continue
      kills[target] = (kills[target] ?? 0) + 1
      done += 1
    }
    for (const batch of batches) await until(() => batch.over(), 300_000, `run ${batch.id} to end`)
    const tookMs = performance.now() - began

    const outside = readOutside(rig.outside)
    const figures = figuresOf([...outside.values()], batches.length)
    process.stdout.write(
      `chaos kills: TEST_SEED=${seed}: ${KILLS} kills ${JSON.stringify(kills)} in ${Math.round(tookMs)} ms, ` +
        `runs ${batches.length} of ${ITEMS * 2 + 2} items, ${JSON.stringify(figures)}\n`,
    )
    for (const batch of batches) await batch.check(outside)
    // A kill interrupts what runs in one or two workers, and what they had done but not yet brought to the store.
    expect(figures.again).toBeGreaterThanOrEqual(0)
    expect(figures.again).toBeLessThanOrEqual(KILLS * 16)
    // A slot is given up to 100 ms ahead, and a busy process may be late by so much.
    expect(figures.readStarts).toBeLessThanOrEqual(READ_RATE * 1.1 + 1)
    expect(figures.modelStarts).toBeLessThanOrEqual(MODELS.rate * 1.1 + 1)
    expect(figures.modelsAtOnce).toBeLessThanOrEqual(MODELS.seats)
  } catch (error) {
    process.stdout.write(`chaos kills: TEST_SEED=${seed}\n${rig.output.slice(-20_000)}\n`)
    throw error
  } finally {
    await rig.close()
  }
})

/** What the outside file says; starts are the most within a second. */
function figuresOf(all: readonly Execution[], runs: number) {
  const read = all.filter(({ step }) => step === 'read')
  const score = all.filter(({ step }) => step === 'score')
  // Without any kill: list once, summary in both rounds, each read and its failures, each score and its failures.
  const planned = runs * (3 + ITEMS + Math.floor(ITEMS / 11) + ITEMS + Math.floor(ITEMS / 50))
  return {
    executions: all.length,
    again: all.length - planned,
    interrupted: all.filter(({ endedAt }) => endedAt === null).length,
    readStarts: mostStarts(read, 1_000),
    modelStarts: mostStarts(score, 1_000),
    modelsAtOnce: mostAtOnce(score),
  }
}
