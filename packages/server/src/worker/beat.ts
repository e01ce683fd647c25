import { parentPort, workerData } from 'node:worker_threads'
import { systemClock } from '../seams/system.ts'
import { connectSocket } from '../socket/index.ts'
import type { BeatNews, BeatOrders, BeatSettings } from './beat-messages.ts'
import { LeaseKeeper } from './keeper.ts'

// The entry of the beat thread: it keeps leases with a loop and a connection of its own, so that a handler that
// keeps the worker's loop busy is not taken for dead, and one that hangs is not taken for alive.
const port = parentPort
if (port === null) throw new Error('The beat runs as a thread of a worker, not by itself.')
const { dir, worker, leaseMs } = workerData as BeatSettings
const tell = (news: BeatNews): void => port.postMessage(news)

// The keeper takes orders while the connection is still being made: its first renewal is a third of a lease away.
const connecting = connectSocket({ dir, waitMs: Number.POSITIVE_INFINITY }).then(({ store }) => {
  tell({ kind: 'ready' })
  return store
})
const keeper = new LeaseKeeper({
  leaseMs,
  clock: systemClock,
  renew: async (fences) => (await connecting).work.renew(worker, fences, leaseMs),
  events: {
    timedOut: (fence) => tell({ kind: 'timedOut', fence }),
    lost: (fences) => tell({ kind: 'lost', fences }),
  },
})

port.on('message', (orders: BeatOrders) => {
  keeper.hold(orders.hold)
  for (const [fence, timeoutMs] of orders.start) keeper.start(fence, timeoutMs)
  for (const fence of orders.finish) keeper.finish(fence)
  keeper.drop(orders.drop)
  if (orders.close) process.exit(0)
})
