/** A run of no-op items through store and worker in one process; prints items per second in all, first and last tenth. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLocalBus } from '@monofil/server'
import { openSqliteStore } from '@monofil/server/sqlite'
import { createWorker, defineWorkflow, planOf } from '@monofil/server/worker'
import { z } from 'zod'

const COUNT = Number(process.env['BENCH_ITEMS'] ?? 20_000)
const dir = mkdtempSync(join(tmpdir(), 'monofil-bench-data-'))
const bus = createLocalBus()
const finished: number[] = []
const workflow = defineWorkflow({
  name: 'noop',
  input: z.object({ count: z.number() }),
  steps: (step) => [
    step('list', (ctx) => Promise.resolve(Array.from({ length: ctx.input.count }, (_, n) => n))),
    step('touch', { each: 'list', concurrency: 256 }, () => {
      finished.push(performance.now())
      return Promise.resolve(null)
    }),
  ],
})
const store = await openSqliteStore({ dir, onCommit: (commit) => bus.publish({ kind: 'commit', commit }) })
const worker = createWorker({ store, bus, workflows: [workflow], id: 'local-bench', concurrency: 256 })
await worker.start()
const over = new Promise<void>((resolve) => {
  bus.listen((message) => {
    if (message.kind === 'commit' && message.commit.runs.some((run) => run.status === 'completed')) resolve()
  })
})
await store.runs.create({
  id: 'bench',
  workflow: 'noop',
  external: false,
  exclusive: false,
  steps: planOf(workflow).steps,
  totals: {},
  heartbeatMs: null,
  inputJson: JSON.stringify({ count: COUNT }),
  bodyJson: '{}',
  tags: [],
  owner: 'dev',
  roles: [],
  key: null,
  budgetJson: null,
  parentId: null,
})
await over
const rate = (from: number, to: number): number =>
  ((to - from) / ((finished[to - 1] ?? 0) - (finished[from] ?? 0))) * 1000
const tenth = COUNT / 10
process.stdout.write(JSON.stringify({ all: rate(0, COUNT), first: rate(0, tenth), last: rate(COUNT - tenth, COUNT) }))
await worker.stop({ graceMs: 1000 })
await store.close()
rmSync(dir, { recursive: true, force: true })
