import { startHub } from '@monofil/testkit'
import { FakeClock } from '@monofil/testkit/contracts'
import { expect, test } from 'vitest'
import type { Clock } from '../seams/system.ts'

test('a topic whose flush took long rests as long, and what comes meanwhile goes out together and in order', async () => {
  const time = new FakeClock()
  let cost = 0
  const clock: Clock = {
    now: () => time.now(),
    after: (ms, callback) => time.after(ms, callback),
    monotonic() {
      time.advance(cost)
      return time.monotonic()
    },
  }
  const hub = await startHub({ clock })
  try {
    const reader = await hub.open(['hot', 'quiet'])
    await reader.event('hello')
    cost = 20
    await hub.publish('hot', 1)
    cost = 0
    await reader.until(() => reader.offsets('hot').length === 1, 'the first event, at once')
    for (const n of [2, 3, 4]) await hub.publish('hot', n)
    await hub.publish('quiet', 1)
    await reader.until(() => reader.offsets('quiet').length === 1, 'another topic, at once')
    expect(reader.offsets('hot')).toEqual([1])
    time.advance(20)
    await reader.until(() => reader.offsets('hot').length === 4, 'what came meanwhile')
    expect(reader.offsets('hot')).toEqual([1, 2, 3, 4])
    await hub.publish('hot', 5)
    await reader.until(() => reader.offsets('hot').length === 5, 'a rested topic, at once')
  } finally {
    await hub.close()
  }
})

test('draining does not wait for a rest', async () => {
  const time = new FakeClock()
  const clock: Clock = {
    now: () => time.now(),
    after: (ms, callback) => time.after(ms, callback),
    monotonic() {
      time.advance(1)
      return time.monotonic()
    },
  }
  const hub = await startHub({ clock })
  const reader = await hub.open(['hot'])
  await reader.event('hello')
  for (let n = 1; n <= 20; n += 1) await hub.publish('hot', n)
  await hub.server.drain()
  await reader.event('goodbye')
  expect(reader.offsets('hot')).toEqual(Array.from({ length: 20 }, (_, i) => i + 1))
  await hub.close()
})
