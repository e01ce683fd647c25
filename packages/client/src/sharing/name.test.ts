/** The name of the shared stream: another that bears it ends it at the hub. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import { RawHub } from '../testing/raw-hub.ts'
import { follow, settled, Tabs, until } from '../testing/tabs.ts'

let hub: RawHub
let tabs: Tabs

beforeEach(async () => {
  hub = await RawHub.start()
  tabs = new Tabs(hub.url)
})

afterEach(async () => {
  tabs.closeAll()
  await hub.close()
})

function replace(): void {
  hub.last.control('goodbye', { reason: 'replaced', reconnectMs: null })
  hub.last.end()
}

it('is taken back once in a lead from one that bears it too, and then left to it', async () => {
  const leader = tabs.open()
  const { offsets } = follow(leader, 'a')
  await settled(leader)
  const other = tabs.open()
  follow(other, 'a')
  await settled(other)
  const { marker } = leader.info.get()
  replace()
  await until(() => {
    tabs.clock.advance(50)
    expect(hub.streams).toHaveLength(2)
  })
  await settled(leader, other)
  hub.last.event('a', 1)
  await until(() => expect(offsets).toEqual([1]))
  replace()
  await until(() => expect([leader, other].map((tab) => tab.info.get().reason)).toEqual(['replaced', 'replaced']))
  for (let i = 0; i < 20; i += 1) {
    tabs.clock.advance(1000)
    // The tabs ask each other whether they are there.
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  expect(hub.streams.map((stream) => stream.marker)).toEqual([marker, marker])
})

it('is passed on with the lead', async () => {
  const [leader, next] = [tabs.open(), tabs.open()]
  follow(leader, 'a')
  follow(next, 'a')
  await settled(leader, next)
  const { marker } = leader.info.get()
  leader.close()
  await until(() => expect(hub.streams).toHaveLength(2))
  expect(hub.last.marker).toBe(marker)
})
