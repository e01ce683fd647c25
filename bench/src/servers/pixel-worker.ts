/** The worker process of the pixels' bench. */
import { fileURLToPath } from 'node:url'
import { runWorkerProcess } from '@monofil/server/worker'

await runWorkerProcess({
  dir: process.argv[2] ?? '',
  files: [fileURLToPath(new URL('./pixel.workflow.ts', import.meta.url))],
  id: `local-${process.pid}`,
  concurrency: 1,
  logger: { debug() {}, info() {}, warn: console.warn, error: console.error },
})
process.send?.({ ready: true })
