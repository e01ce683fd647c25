/** A hub as `monofil start` runs it, with a worker process beside it; answers `usage` and `stop` over its channel. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { createLocalBus, serve } from '@monofil/server'
import { serveSocket } from '@monofil/server/socket'
import { openSqliteStore } from '@monofil/server/sqlite'
import { usage } from './usage.ts'

const dir = process.argv[2] ?? ''
const bus = createLocalBus()
const store = await openSqliteStore({ dir, onCommit: (commit) => bus.publish({ kind: 'commit', commit }) })
const socket = await serveSocket({ dir, store, bus })
const server = await serve({ store, bus, host: '127.0.0.1', port: 0 })
const worker = fork(fileURLToPath(new URL('./ledger-worker.ts', import.meta.url)), [dir])
await once(worker, 'message')

async function used(): Promise<object> {
  worker.send('usage')
  const [theirs] = await once(worker, 'message')
  return { hub: usage(), worker: theirs }
}

async function stop(): Promise<void> {
  const gone = once(worker, 'exit')
  worker.send('stop')
  await gone
  await server.close()
  await socket.close()
  await store.close()
  process.exit(0)
}

process.on('message', (message) => {
  if (message === 'usage') used().then((both) => process.send?.(both), console.error)
  else stop().catch(console.error)
})
process.send?.({ port: server.port, worker: worker.pid })
