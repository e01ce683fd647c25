/** Monofil's notifications in a process of their own; `Authorization: Bearer NAME` is who asks. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Authenticator, createLocalBus, serve } from '@monofil/server'
import { openSqliteStore } from '@monofil/server/sqlite'
import { obey } from './notice-control.ts'

const dir = mkdtempSync(join(tmpdir(), 'monofil-bench-data-'))
process.on('exit', () => rmSync(dir, { recursive: true, force: true }))
process.on('disconnect', () => process.exit(0))

const authenticator: Authenticator = {
  authenticate: ({ authorization = '' }) => ({
    ...{ sub: authorization.slice('Bearer '.length), roles: [], topics: [], publish: ['user:*'], expiresAtMs: null },
  }),
}
const bus = createLocalBus()
const store = await openSqliteStore({ dir, onCommit: (commit) => bus.publish({ kind: 'commit', commit }) })
// What is measured are notifications, not the limits of who may send how many.
const limits = { streamsUser: 0, streamsAddress: 0, publish: 0, requests: 0, failures: 0 }
const server = await serve({ store, bus, host: '127.0.0.1', port: 0, authenticator, limits })
let last = ''

obey({
  port: server.port,
  send: (user) =>
    server.sendNotification({ title: `at ${Date.now()}`, module: 'orders', data: { id: 4711 } }, { users: [user] }),
  meet: (users) => store.notifications.meet(users.map((sub) => ({ sub, roles: [], issuedAt: null }))),
  async broadcast(bytes) {
    last = await server.sendNotification({ title: `at ${Date.now()}`, data: 'x'.repeat(bytes) }, { all: true })
  },
  reached: async () => (await store.notifications.get(last))?.recipients ?? 0,
})
