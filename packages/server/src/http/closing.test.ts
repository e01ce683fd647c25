import { once } from 'node:events'
import { connect } from 'node:net'
import { startHub } from '@monofil/testkit'
import { expect, test } from 'vitest'
import type { Store } from '../seams/store.ts'

/** A store that answers the bounds of a topic when it is let: a stream opens for as long. */
function slow(): { wrap: (store: Store) => Store; asked: Promise<void>; go: () => void } {
  const asked = Promise.withResolvers<void>()
  const gate = Promise.withResolvers<void>()
  return {
    asked: asked.promise,
    go: () => gate.resolve(),
    wrap: (store) => ({
      epoch: store.epoch,
      runs: store.runs,
      work: store.work,
      workflows: store.workflows,
      schedules: store.schedules,
      revocations: store.revocations,
      kpis: store.kpis,
      tickets: store.tickets,
      usage: store.usage,
      notifications: store.notifications,
      pushes: store.pushes,
      close: () => store.close(),
      log: {
        append: (events) => store.log.append(events),
        read: (query) => store.log.read(query),
        trim: (retention) => store.log.trim(retention),
        async bounds(topic) {
          asked.resolve()
          await gate.promise
          return store.log.bounds(topic)
        },
      },
    }),
  }
}

test.each(['drain', 'close'] as const)('%s ends a stream that was opening when it began', async (how) => {
  const store = slow()
  const hub = await startHub({ wrap: store.wrap })
  const opening = hub.open(['a']).catch((error: unknown) => error)
  await store.asked
  const ended = hub.server[how]()
  store.go()
  await ended
  await opening
  expect(hub.server.hub.connections()).toEqual([])
  await hub.close()
})

test.each(['drain', 'close'] as const)(
  '%s does not wait for connections that never asked for anything',
  async (how) => {
    const hub = await startHub()
    const socket = connect(hub.server.port, '127.0.0.1')
    socket.on('error', () => undefined)
    await once(socket, 'connect')
    await hub.call('GET', '/healthz')
    const ended = once(socket, 'close')
    await hub.server[how]()
    await ended
    await hub.close()
  },
)

test('drain does not wait for callers that never pause', async () => {
  const hub = await startHub()
  let answers = 0
  let isOver = false
  // Several, so that some are always between request and answer, where closing what is idle does not find them.
  const callers = Array.from({ length: 8 }, async () => {
    while (!isOver) answers += (await hub.call('GET', '/healthz').catch(() => undefined)) === undefined ? 0 : 1
  })
  await expect.poll(() => answers, { timeout: 10_000 }).toBeGreaterThan(20)
  await hub.server.drain()
  isOver = true
  await Promise.all(callers)
  await hub.close()
})
