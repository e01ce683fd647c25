/** The worker process of the ledger's bench, as `monofil start` forks one. */
import { fileURLToPath } from 'node:url'
import { runWorkerProcess } from '@monofil/server/worker'
import { usage } from './usage.ts'

const logger = { debug() {}, info() {}, warn: console.warn, error: console.error }
const worker = await runWorkerProcess({
  dir: process.argv[2] ?? '',
  files: [fileURLToPath(new URL('./ledger-workflows.ts', import.meta.url))],
  id: `local-${process.pid}`,
  concurrency: Number(process.env['BENCH_CONCURRENCY'] ?? 8),
  logger,
})
process.on('message', (message) => {
  if (message === 'usage') process.send?.(usage())
  else worker.stop({ graceMs: 1000 }).then(() => process.exit(0), console.error)
})
process.send?.({ ready: true })
