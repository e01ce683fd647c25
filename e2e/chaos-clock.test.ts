/** The machine's clock is set by an hour, there and back, while runs wait for all sorts of times. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Run } from '@monofil/protocol'
import { expect, it } from 'vitest'
import { RATE } from './chaos/clock-rate.ts'
import { mostStarts, readOutside } from './chaos/outside.ts'
import { Rig, until } from './chaos/rig.ts'
import { checkCounts, checkResults } from './chaos/verify.ts'

const LONG = process.env['TEST_LONG'] !== undefined
const ITEMS = LONG ? 600 : 80
const HOUR = 3_600_000
/** What the clock is off by, one after the other, while the run goes on. */
const OFFSETS = LONG ? [HOUR, 0, -HOUR, HOUR, -HOUR, 0] : [HOUR, -HOUR]

it('keeps leases, rates and waits when the clock jumps by an hour, there and back', { timeout: 300_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'monofil-clock-'))
  const clock = join(folder, 'clock')
  const set = (ms: number): Promise<void> => writeFile(clock, String(ms).padEnd(20))
  await set(0)
  const preload = pathToFileURL(join(import.meta.dirname, 'chaos/clock.ts')).href
  const env = { CHAOS_CLOCK: clock, NODE_OPTIONS: `--conditions=@monofil/source --import ${preload}` }
  const rig = await Rig.open({ workflow: 'clock.workflow.ts', local: false, env })
  try {
    await rig.addWorker({ leaseMs: 1_500, concurrency: 16 })
    const streams: string[] = []
    rig.client.connection.subscribe(() => streams.push(rig.client.connection.get().status))
    const states: Run[] = []
    await rig.client.api.runs.start({ id: 'r', workflow: 'clock', input: { outside: rig.outside, items: ITEMS } })
    await rig.client.api.runs.start({ id: 'far', workflow: 'far', input: {}, external: true, heartbeatMs: 600_000 })
    rig.client.subscribe('run:r', { cursor: '0', onState: ({ data }) => states.push(data as Run) })
    const began = performance.now()
    for (const [i, offset] of OFFSETS.entries()) {
      const mark = ((i + 1) / (OFFSETS.length + 1)) * ITEMS
      const tried = (run: Run): number => run.steps.find(({ name }) => name === 'try')?.counts.completed ?? 0
      await until(async () => tried(await rig.run('r')) >= mark, 60_000, `${mark} items to be tried`)
      await set(offset)
    }
    const end = await rig.ended('r', 60_000)
    const tookMs = performance.now() - began
    const items = await rig.items('r')
    const executions = [...readOutside(rig.outside).values()]
    const starts = mostStarts(
      executions.filter(({ step }) => step === 'try'),
      1_000,
    )
    process.stdout.write(
      `chaos clock: ${OFFSETS.length} jumps in ${Math.round(tookMs)} ms, at most ${starts} starts in a second\n`,
    )
    expect(end).toMatchObject({ status: 'completed', counts: { completed: ITEMS * 2 + 1, failed: 0 } })
    // What its rate and the long items take on a busy machine, and not an hour.
    expect(tookMs).toBeLessThan((ITEMS / RATE) * 3_000 + 20_000)
    // A slot is given up to 100 ms ahead, and a busy process is late by as much again.
    expect(starts).toBeLessThanOrEqual(RATE * 1.25 + 1)
    // No lease ran out: what was tried again is what the handlers asked for.
    for (const item of items.filter(({ step }) => step !== 'list')) {
      expect(`${item.id} ${item.attempts}`).toBe(`${item.id} ${item.step === 'try' && item.index % 3 === 0 ? 2 : 1}`)
    }
    for (const { startedAt, finishedAt } of [...items, ...end.steps, end]) {
      expect(Date.parse(finishedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(startedAt ?? ''))
    }
    const etas = states.flatMap(({ eta }) => (eta === null || eta === undefined ? [] : [eta]))
    expect(etas.length).toBeGreaterThan(0)
    for (const { lowMs, highMs } of etas) {
      expect(lowMs).toBeGreaterThanOrEqual(0)
      expect(highMs).toBeGreaterThanOrEqual(lowMs)
      expect(highMs).toBeLessThan(HOUR / 4)
    }
    expect((await rig.run('far')).stalledSince).toBeNull()
    expect(new Set(streams.slice(streams.indexOf('open')))).toEqual(new Set(['open']))
    checkCounts(end, items)
    checkResults(items, readOutside(rig.outside))
  } finally {
    await rig.close()
    await rm(folder, { recursive: true })
  }
})
