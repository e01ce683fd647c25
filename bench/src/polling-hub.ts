/** A hub as `monofil start` runs it, in a process of its own; it serves the measured page as its console. */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLocalBus, serve } from '@monofil/server'
import { openSqliteStore } from '@monofil/server/sqlite'

const bus = createLocalBus()
const store = await openSqliteStore({
  dir: mkdtempSync(join(tmpdir(), 'monofil-bench-data-')),
  onCommit: (commit) => bus.publish({ kind: 'commit', commit }),
})
const server = await serve({ store, bus, host: '127.0.0.1', port: 0, consoleDir: process.env['BENCH_PAGE'] })
process.stdout.write(`${JSON.stringify({ port: server.port })}\n`)
process.stdin.resume().on('end', () => process.exit())
