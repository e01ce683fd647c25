import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { runIdOfTick } from '../runs/schedule.ts'
import { openSqliteStore } from './index.ts'

const START = Date.UTC(2026, 0, 1)

/**
 * Sweeps once for each second of a clock that it moves itself, from the given moment on, four sweeps at a time; prints
 * each tick when it is acknowledged.
 */
const SWEEPER = `
import { openSqliteStore } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)}
let now = Number(process.argv[2])
const clock = { now: () => now, monotonic: () => performance.now(), after: () => () => {} }
const store = await openSqliteStore({ dir: process.argv[1], clock, onCommit() {} })
await store.workflows.register([{ name: 'w', steps: [], inputSchemaJson: null, exclusive: false }])
for (const id of ['a', 'b']) await store.schedules.create({ id, workflow: 'w', inputJson: 'null', inputSchemaJson: null,
  bodyJson: '{}', cron: '* * * * * *', timezone: 'UTC', at: null, key: null, tags: [], roles: [], budgetJson: null,
  overlap: 'skip', missed: 'one', owner: 'alice' })
for (;;) {
  await Promise.all([1, 2, 3, 4].map(() => store.work.sweep()))
  process.stdout.write(now + '\\n')
  now += 1000
}
`

let dir: string
let child: ChildProcess | undefined
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'monofil-killed-schedules-'))
})
afterEach(async () => {
  child?.kill('SIGKILL')
  await rm(dir, { recursive: true })
})

/** Sweeps from `from` on until `count` ticks are acknowledged, then kills it; answers the last of them. */
async function sweepAndKill(from: number, count: number): Promise<number> {
  const flags = ['--conditions=@monofil/source', '--input-type=module', '-e', SWEEPER]
  child = spawn(process.execPath, [...flags, dir, String(from)], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  if (child.stdout === null) throw new Error('the child has no output')
  let seen = 0
  let last = from
  for await (const line of createInterface({ input: child.stdout })) {
    last = Number(line)
    seen += 1
    if (seen === count) child.kill('SIGKILL')
  }
  await exited
  return last
}

it('has one run for every tick through kill -9, and none is lost', { timeout: 120_000 }, async () => {
  const kills = process.env['TEST_LONG'] === undefined ? [3, 8, 21] : Array.from({ length: 40 }, (_, i) => 2 + i)
  let acked = START
  for (const count of kills) {
    // Each begins three seconds before the last one died: what was started is not started again.
    acked = Math.max(acked, await sweepAndKill(Math.max(START, acked - 3_000), count))
    const store = await openSqliteStore({ dir, onCommit() {}, lockWaitMs: 5_000 })
    for (const id of ['a', 'b']) {
      const ids: string[] = []
      for (let cursor: string | undefined; ; ) {
        const page = await store.runs.list({ viewer: { all: true }, tag: `schedule:${id}`, limit: 200, cursor })
        ids.push(...page.items.map((run) => run.id))
        if (page.nextCursor === null) break
        cursor = page.nextCursor
      }
      const schedule = await store.schedules.get(id)
      const lastAt = Date.parse(schedule?.lastAt ?? '')
      // The run and the time that follows it are one commit.
      expect(schedule?.nextAt).toBe(new Date(lastAt + 1_000).toISOString())
      expect(schedule?.lastRunId).toBe(ids[0])
      expect(lastAt).toBeGreaterThanOrEqual(acked)
      const ticks = Array.from({ length: (lastAt - START) / 1_000 }, (_, n) => START + (n + 1) * 1_000)
      expect(ids.reverse()).toEqual(ticks.map((tick) => runIdOfTick(id, tick)))
    }
    await store.close()
  }
})
