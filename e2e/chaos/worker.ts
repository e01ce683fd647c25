/** `worker.ts DATA FILE CONCURRENCY LEASE_MS`: a worker as an application runs its own, with leases as short as a test needs. */
import { runWorkerProcess } from '@monofil/server/worker'

const [dir = '', file = '', concurrency, leaseMs] = process.argv.slice(2)
const say =
  (level: string) =>
  (message: string, fields: Readonly<Record<string, unknown>> = {}): void => {
    process.stderr.write(`${level} ${message} ${JSON.stringify(fields)}\n`)
  }
const worker = await runWorkerProcess({
  dir,
  files: [file],
  id: `worker-${process.pid}`,
  concurrency: Number(concurrency),
  leaseMs: Number(leaseMs),
  logger: { debug() {}, info: say('info'), warn: say('warn'), error: say('error') },
})
process.stdout.write(`Monofil worker ${process.pid} runs ${worker.workflows.join(', ')}\n`)
await worker.stopped
