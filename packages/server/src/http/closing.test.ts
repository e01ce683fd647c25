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
