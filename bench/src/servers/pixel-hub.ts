/** A hub as `monofil start` runs it, with a worker process beside it, that serves the console from BENCH_PAGE. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createLocalBus, serve } from '@monofil/server'
import { serveSocket } from '@monofil/server/socket'
import { openSqliteStore } from '@monofil/server/sqlite'

const dir = mkdtempSync(join(tmpdir(), 'monofil-bench-data-'))
const bus = createLocalBus()
const store = await openSqliteStore({ dir, onCommit: (commit) => bus.publish({ kind: 'commit', commit }) })
await serveSocket({ dir, store, bus })
const server = await serve({ store, bus, host: '127.0.0.1', port: 0, consoleDir: process.env['BENCH_PAGE'] })
const worker = fork(fileURLToPath(new URL('./pixel-worker.ts', import.meta.url)), [dir])
await once(worker, 'message')
process.stdout.write(`${JSON.stringify({ port: server.port })}\n`)
process.stdin.resume().on('end', () => {
  worker.kill()
  process.exit()
})
