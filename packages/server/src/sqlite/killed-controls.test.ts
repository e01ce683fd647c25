import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Run } from '@monofil/protocol'
import { isTerminal } from '@monofil/protocol'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openSqliteStore } from './index.ts'

/** Starts a run of 300 items if there is none, then controls and works without end; prints each control's answer. */
const CONTROLLER = `
import { openSqliteStore } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)}
const store = await openSqliteStore({ dir: process.argv[1], onCommit() {} })
const plan = (name, each) => ({ name, each, after: [], weight: 1, concurrency: 50, attempts: 2,
  backoff: { minMs: 0, maxMs: 0, factor: 1 }, timeoutMs: 60000 })
await store.runs.create({ id: 'r', workflow: 'w', external: false, exclusive: false,
  steps: [plan('list', null), plan('load', 'list'), plan('score', 'load'), plan('end', null)], totals: {},
  heartbeatMs: null, inputJson: 'null', bodyJson: '{}', tags: [], owner: 'a', roles: [], key: null,
  budgetJson: null, parentId: null })
const claim = () => store.work.claim({ worker: 'local-1', workflows: ['w'], max: 40, leaseMs: 60000 })
const outcome = ({ fence, step, index }) => index % 7 === 3
  ? { fence, kind: 'failed', error: { code: 'e', message: 'm' }, retryable: false }
  : { fence, kind: 'completed', resultJson: step === 'list' ? JSON.stringify(Array.from({ length: 300 }, (_, n) => n)) : '1' }
;(async () => { for (;;) await store.work.settle((await claim()).map(outcome)) })()
const asked = [{ action: 'pause' }, { action: 'resume' }, { action: 'pause', hard: true }, { action: 'cancel' }, { action: 'retry' }]
for (let i = 0; ; i++) {
  const run = await store.runs.control('r', asked[i % asked.length]).catch(() => undefined)
  if (run) process.stdout.write(run.round + ' ' + run.offset + ' ' + run.status + '\\n')
}
`

let dir: string
let child: ChildProcess | undefined
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'monofil-killed-controls-'))
})
afterEach(async () => {
  child?.kill('SIGKILL')
  await rm(dir, { recursive: true })
})

/** Runs a controller until it has acknowledged `count` controls, then kills it; answers the last one's words. */
async function controlAndKill(count: number): Promise<{ round: number; offset: number; status: string }> {
  const flags = ['--conditions=@monofil/source', '--input-type=module', '-e', CONTROLLER]
  child = spawn(process.execPath, [...flags, dir], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  if (child.stdout === null) throw new Error('the child has no output')
  let seen = 0
  let last = ''
  for await (const line of createInterface({ input: child.stdout })) {
    last = line
    seen += 1
    if (seen === count) child.kill('SIGKILL')
  }
  await exited
  const [round, offset, status = ''] = last.split(' ')
  return { round: Number(round), offset: Number(offset), status }
}

it('keeps every acknowledged control through kill -9, and the run whole', { timeout: 120_000 }, async () => {
  const kills = process.env['TEST_LONG'] === undefined ? [3, 17, 26] : Array.from({ length: 50 }, (_, i) => 2 + i)
  for (const count of kills) {
    const acked = await controlAndKill(count)
    const store = await openSqliteStore({ dir, onCommit() {}, lockWaitMs: 5_000 })
    const run = (await store.runs.get('r')) as Run
    expect(run.offset).toBeGreaterThanOrEqual(acked.offset)
    expect(run.round).toBeGreaterThanOrEqual(acked.round)
    if (run.offset === acked.offset) expect(run.status).toBe(acked.status)
    const { events } = await store.log.read({ topic: 'run:r', after: 0, limit: 1_000_000, maxBytes: 1e9 })
    expect(events.map(({ offset }) => offset)).toEqual(events.map((_, i) => i + 1))
    const ends = events.filter(({ type }) => type === 'complete' || type === 'failed')
    expect(ends).toHaveLength(isTerminal(run.status) ? run.round : run.round - 1)
    // Counters are the rows, and nobody holds what no process works on.
    const statuses: Record<string, number> = {}
    for (let cursor: string | undefined; ; ) {
      const page = await store.runs.items({ viewer: { all: true }, runId: 'r', limit: 200, cursor })
      for (const { status } of page.items) statuses[status] = (statuses[status] ?? 0) + 1
      if (page.nextCursor === null) break
      cursor = page.nextCursor
    }
    const { total: _total, ...counts } = run.counts
    expect(statuses).toEqual(Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0)))
    expect(counts.running).toBe(0)
    await store.close()
  }
})
