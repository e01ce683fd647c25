/** Monofil as `monofil start` runs it: durable log in SQLite, every published event committed before it is sent. */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLocalBus, jwtAuthenticator, type ServeOptions, serve } from '@monofil/server'
import { openSqliteStore } from '@monofil/server/sqlite'
import { control } from './control.ts'

const bus = createLocalBus()
const store = await openSqliteStore({
  dir: process.env['BENCH_DATA'] ?? mkdtempSync(join(tmpdir(), 'monofil-bench-data-')),
  onCommit: (commit) => bus.publish({ kind: 'commit', commit }),
})
const secret = process.env['BENCH_SECRET']
// What is measured is the cost of tokens, not the limits that a hub with keys has.
const limits = { streamsUser: 0, streamsAddress: 0, publish: 0, requests: 0, failures: 0 }
const tokens: Partial<ServeOptions> =
  secret === undefined ? {} : { authenticator: jwtAuthenticator({ secret }), secret, limits }
const server = await serve({ store, bus, host: '127.0.0.1', port: 0, ...tokens })
const replay = Array.from({ length: 20 }, () => ({ topic: 'bench-0', type: 'm', dataJson: `"${'x'.repeat(200)}"` }))
await store.log.append(replay)
await control(server.port, async (payloads) => {
  await store.log.append(payloads.map((text) => ({ topic: 'bench-0', type: 'm', dataJson: `"${text}"` })))
})
