import { formatCursor } from '@monofil/protocol'
import { startHub } from '@monofil/testkit'
import { expect, test } from 'vitest'

test('a bus that loses messages costs latency only: the log has what is missing', async () => {
  let dropping = false
  let n = 0
  // Every message but each fifth, and long rows of them.
  const hub = await startHub({ loses: () => dropping && ++n % 5 !== 0 })
  try {
    await hub.publish('a', 0)
    const live = await hub.open(['a', 'b'])
    const back = await hub.open([{ topic: 'a', cursor: formatCursor({ epoch: hub.store.epoch, offset: 0 }) }])
    const native = await hub.stream('/v1/stream?topics=a')
    await Promise.all([live.event('hello'), back.event('hello'), native.event('hello')])
    dropping = true
    for (let round = 0; round < 100; round += 1) {
      await hub.publish('a', round)
      if (round % 10 === 0) await hub.publish('b', round)
    }
    dropping = false
    const last = await hub.publish('a', 'last')
    const lastB = await hub.publish('b', 'last')
    const all = (count: number) => Array.from({ length: count }, (_, i) => i + 1)
    for (const reader of [live, back, native]) {
      await reader.until(() => reader.offsets('a').at(-1) === last, 'the last event')
    }
    await live.until(() => live.offsets('b').at(-1) === lastB, 'the last event of b')
    expect(live.offsets('a')).toEqual(all(last).slice(1))
    expect(live.offsets('b')).toEqual(all(lastB))
    expect(back.offsets('a')).toEqual(all(last))
    expect(native.offsets('a')).toEqual(all(last).slice(1))
    expect(native.lastEventId).toBe(formatCursor({ epoch: hub.store.epoch, offset: last }))
  } finally {
    await hub.close()
  }
})
