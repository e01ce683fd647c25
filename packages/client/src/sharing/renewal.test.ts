/** A new credential in any tab mends the stream of all. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { ClientOptions } from '../options.ts'
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

function jwt(claims: object): string {
  return `x.${btoa(JSON.stringify(claims))}.x`
}

/** A provider whose credential a test replaces. */
function provider(claims: object) {
  let [token, tell] = [jwt(claims), () => {}]
  const given: ClientOptions['token'] = {
    get: () => token,
    subscribe(onChange) {
      tell = onChange
      return () => {}
    },
  }
  const replace = (next: object) => {
    token = jwt(next)
  }
  const push = (next: object) => {
    replace(next)
    tell()
  }
  return { given, push, replace }
}

it('a stream that was given up for its credential comes back with the one of a tab that follows', async () => {
  const old = { sub: 'a', n: 1 }
  const leader = tabs.open({ token: () => jwt(old) })
  follow(leader, 'a')
  await settled(leader)
  const { given, push } = provider(old)
  const other = tabs.open({ token: given })
  const { offsets } = follow(other, 'a')
  await settled(other)

  const good = `Bearer ${jwt({ sub: 'a', n: 2 })}`
  hub.onStream = (stream) => {
    if (stream.headers.authorization === good) stream.hello()
    else stream.refuse(401, {}, JSON.stringify({ code: 'unauthorized', detail: 'no' }))
  }
  hub.last.cut()
  await until(() => {
    tabs.clock.advance(500)
    expect([leader, other].map((tab) => tab.info.get().status)).toEqual(['failed', 'failed'])
  })
  push({ sub: 'a', n: 2 })
  await until(() => {
    tabs.clock.advance(500)
    expect([leader, other].map((tab) => tab.info.get().status)).toEqual(['open', 'open'])
  })
  expect([leader, other].map((tab) => tab.info.get().role)).toEqual(['leader', 'follower'])
  expect(hub.last.headers.authorization).toBe(good)
  hub.last.event('a', 1)
  await until(() => expect(offsets).toEqual([1]))
  expect(hub.peak).toBe(1)
})

it('a credential of another user takes a tab to their stream', async () => {
  const first = provider({ sub: 'a' })
  const leader = tabs.open({ token: first.given })
  follow(leader, 'a')
  await settled(leader)
  const other = tabs.open({ token: () => jwt({ sub: 'a' }) })
  follow(other, 'a')
  await settled(other)
  const { marker } = leader.info.get()
  first.push({ sub: 'b' })
  await until(() => expect([leader, other].map((tab) => tab.info.get().role)).toEqual(['leader', 'leader']))
  await settled(leader, other)
  expect([other.info.get().marker, hub.open]).toEqual([marker, 2])
  expect(leader.info.get().marker).not.toBe(marker)
})

it('a user that is told anew takes a tab to their stream, with nothing of the last one', async () => {
  const leader = tabs.open({ user: 'a', token: 'opaque-a' })
  const seen = follow(leader, 'a')
  await settled(leader)
  const other = tabs.open({ user: 'a', token: 'opaque-a' })
  follow(other, 'a')
  await settled(other)
  hub.last.event('a', 1)
  await until(() => expect(seen.offsets).toEqual([1]))
  leader.adopt({ user: 'b', token: 'opaque-b' })
  await until(() => expect([leader, other].map((tab) => tab.info.get().role)).toEqual(['leader', 'leader']))
  await settled(leader, other)
  const bs = hub.streams.filter(({ headers }) => headers.authorization === 'Bearer opaque-b')
  expect(bs.map(({ topics }) => topics)).toEqual([[{ topic: 'a' }]])
})

it('a credential that never comes is asked for again', async () => {
  let asked = 0
  const tab = tabs.open({
    token: () => {
      asked += 1
      return asked === 1 ? new Promise<string>(() => {}) : jwt({ sub: 'a' })
    },
  })
  follow(tab, 'a')
  await until(() => expect(asked).toBe(1))
  await new Promise((resolve) => setTimeout(resolve, 20))
  tabs.clock.advance(44_000)
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect([asked, tab.info.get().status]).toEqual([1, 'connecting'])
  tabs.clock.advance(1000)
  await settled(tab)
  expect([asked, hub.peak]).toEqual([2, 1])
})

it('a tab that follows keeps no credential of a renewal for later', async () => {
  const leader = tabs.open({ token: () => jwt({ sub: 'a' }) })
  follow(leader, 'a')
  await settled(leader)
  const { given, push, replace } = provider({ sub: 'a' })
  const other = tabs.open({ token: given })
  follow(other, 'a')
  await settled(other)
  push({ sub: 'a', n: 2 })
  // The leader renews its stream, since its credential may be mended too.
  await until(() => {
    tabs.clock.advance(100)
    expect(hub.patches.length).toBeGreaterThan(0)
  })
  replace({ sub: 'a', n: 3 })
  await other.api.topicEvents('a', {}).catch(() => {})
  expect(hub.calls.at(-1)).toMatchObject({
    method: 'GET',
    headers: { authorization: `Bearer ${jwt({ sub: 'a', n: 3 })}` },
  })
})

it('logging out tells the tabs of the user that is, not of one that was here before', async () => {
  const [as, bs] = [tabs.open({ token: () => jwt({ sub: 'a' }) }), tabs.open({ token: () => jwt({ sub: 'b' }) })]
  follow(as, 'a')
  follow(bs, 'a')
  await settled(as, bs)
  const { given, push } = provider({ sub: 'a' })
  const tab = tabs.open({ token: given })
  follow(tab, 'a')
  await settled(tab)
  tab.disconnect()
  push({ sub: 'b' })
  tab.logout()
  await until(() => expect(bs.info.get().status).toBe('idle'))
  expect(as.info.get().status).toBe('open')
})
