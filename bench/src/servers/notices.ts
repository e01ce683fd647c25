/**
 * 64 senders that each await the commit of a notification to one user, whose stream is open; then one notification to
 * 100,000 known users. Prints how many a second were accepted and delivered, and the loop's delay in both.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { createLocalBus, type Principal, type Sink, serve } from '@monofil/server'
import { openSqliteStore } from '@monofil/server/sqlite'

const SECONDS = 3
const PEOPLE = Number(process.argv[2] ?? 100_000)
const dir = mkdtempSync(join(tmpdir(), 'monofil-bench-data-'))
const bus = createLocalBus()
const store = await openSqliteStore({ dir, onCommit: (commit) => bus.publish({ kind: 'commit', commit }) })
const server = await serve({ store, bus, host: '127.0.0.1', port: 0 })

let delivered = 0
/** Counts the notifications that a stream is handed. */
function countingSink(): Sink {
  let bytesWritten = 0
  return {
    writableLength: 0,
    get bytesWritten() {
      return bytesWritten
    },
    write(bytes) {
      bytesWritten += bytes.length
      const text = Buffer.from(bytes).toString()
      for (
        let at = text.indexOf('"type":"notification"');
        at >= 0;
        at = text.indexOf('"type":"notification"', at + 1)
      ) {
        delivered += 1
      }
    },
    destroySoon() {},
    destroy() {},
  }
}

const users = Array.from({ length: 64 }, (_, n) => `user-${n}`)
for (const sub of users) {
  const principal: Principal = { sub, roles: [], topics: [], publish: [], expiresAtMs: null }
  const asked = { kind: 'post', principal, address: '', topics: [{ topic: 'inbox', place: 'start' }] } as const
  ;(await server.hub.open(asked)).start(countingSink())
}

const delay = monitorEventLoopDelay({ resolution: 1 })
let accepted = 0
let running = true
async function sender(sub: string): Promise<void> {
  while (running) {
    await server.sendNotification(
      { title: 'Order 4711 was sent', module: 'orders', data: { id: 4711 } },
      { users: [sub] },
    )
    accepted += 1
  }
}
const senders = users.map(sender)
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
await wait(1_000)
const from = { accepted, delivered }
delay.enable()
await wait(SECONDS * 1_000)
const single = {
  acceptedPerSecond: (accepted - from.accepted) / SECONDS,
  deliveredPerSecond: (delivered - from.delivered) / SECONDS,
  loopP99Ms: delay.percentile(99) / 1e6,
}
running = false
await Promise.all(senders)

for (let n = 0; n < PEOPLE; n += 1_000) {
  const some = Array.from({ length: Math.min(1_000, PEOPLE - n) }, (_, i) => `known-${n + i}`)
  await store.notifications.meet(some.map((sub) => ({ sub, roles: ['all'], issuedAt: null })))
}
delay.reset()
const began = performance.now()
const id = await server.sendNotification({ title: 'Maintenance tonight' }, { roles: ['all'] })
const answeredMs = performance.now() - began
while (((await store.notifications.get(id))?.recipients ?? 0) < PEOPLE) await wait(20)
const broadcast = { people: PEOPLE, answeredMs, allMs: performance.now() - began, loopMaxMs: delay.max / 1e6 }
await server.close()
await store.close()
rmSync(dir, { recursive: true, force: true })
process.stdout.write(JSON.stringify({ single, broadcast }))
