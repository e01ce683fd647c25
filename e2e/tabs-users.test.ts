/** Who shares with whom: only tabs of one user and of one deployment do, and signing out ends all of that user's. */
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { roles, settled, sides } from './tabs/lab.ts'
import { overhear } from './tabs/overhear.ts'
import { TabsSuite } from './tabs/suite.ts'

const suite = new TabsSuite()

const markers = () => new Set(suite.lab.hub.server.hub.connections().map(({ marker }) => marker)).size
const cursors = (page: Page) => page.evaluate(() => Object.values(window.tab.client.debug().cursors))
const status = (page: Page) => page.evaluate(() => window.tab.client.connection.get().status)

describe('two users in one browser', () => {
  /** Two tabs of Ann, who reads the flow, and two of Bob, who reads a topic that nothing happens in. */
  async function both() {
    const { lab, flow } = suite
    const context = await lab.context()
    await context.addInitScript(overhear)
    const ann = await lab.openAll(context, 2, { topics: { [flow.topic]: '0' }, sub: 'ann' })
    const bob = await lab.openAll(context, 2, { topics: { bobs: null }, sub: 'bob' })
    await flow.more(10)
    return { lab, flow, ann, bob }
  }

  it('have a stream each, and no word about the one is heard by the other', async () => {
    const { lab, flow, ann, bob } = await both()
    expect([await roles(ann), await roles(bob)]).toEqual([
      ['follower', 'leader'],
      ['follower', 'leader'],
    ])
    expect([lab.live, lab.peak, lab.opened.length, markers()]).toEqual([2, 2, 2, 2])
    await flow.expectWhole(ann)
    const hears = (pages: readonly Page[]) =>
      Promise.all(
        pages.map((page) =>
          page.evaluate((topic) => window.heard.filter((word) => word.includes(topic)).length, flow.topic),
        ),
      )
    const [anns, bobs] = [await hears(ann), await hears(bob)]
    expect(Math.max(...anns)).toBeGreaterThan(0)
    expect(bobs).toEqual([0, 0])
    const names = await Promise.all([...ann, ...bob].map((page) => page.evaluate(() => window.channels)))
    const [anna, annb, boba, bobb] = names.map((list) => new Set(list))
    expect([...(anna ?? []), ...(annb ?? [])].filter((name) => boba?.has(name) || bobb?.has(name))).toEqual([])
  })

  it('sign out one by one: all tabs of the one forget, those of the other go on', async () => {
    const { lab, flow, ann, bob } = await both()
    const before = lab.hub.server.hub.connections().find(({ topics }) => topics.includes('bobs'))
    expect((await Promise.all(ann.map(cursors))).flat()).not.toContain(null)
    const { followers } = await sides(ann)
    await followers[0]?.evaluate(() => window.tab.client.logout())
    await expect.poll(() => Promise.all(ann.map(status))).toEqual(['idle', 'idle'])
    expect((await Promise.all(ann.map(cursors))).flat()).toEqual([null, null])
    await flow.more(20)
    await expect.poll(() => lab.topics).toEqual(['bobs'])
    expect(lab.hub.server.hub.connections()[0]?.connection).toBe(before?.connection)
    await lab.hub.publish('bobs', 1)
    for (const page of bob) await expect.poll(() => page.evaluate(() => window.tab.seen['bobs'])).toEqual([1])
    // Ann's tabs ask for nothing before they are told to.
    expect([lab.opened.length, await Promise.all(ann.map(status))]).toEqual([2, ['idle', 'idle']])
    for (const page of ann) await page.evaluate(() => window.tab.client.connect())
    await Promise.all(ann.map(settled))
    expect([lab.live, await roles(ann)]).toEqual([2, ['follower', 'leader']])
  })

  it('signing out in a tab that follows nothing ends the others too', async () => {
    const { lab, flow } = suite
    const context = await lab.context()
    const pages = await lab.openAll(context, 2, { topics: { [flow.topic]: '0' }, sub: 'ann' })
    const quiet = await lab.open(context, { topics: {}, sub: 'ann' })
    await quiet.evaluate(() => window.tab.client.logout())
    await expect.poll(() => Promise.all(pages.map(status)), { timeout: 5000 }).toEqual(['idle', 'idle'])
    await expect.poll(() => lab.live).toBe(0)
    expect((await Promise.all(pages.map(cursors))).flat()).toEqual([null, null])
  })

  it("swap: a tab in which the other signs in leaves for the other's stream", async () => {
    const { lab, flow, ann, bob } = await both()
    const { leader, followers } = await sides(ann)
    const bobs = await bob[0]?.evaluate(() => window.tab.token)
    await leader.evaluate((token) => {
      window.tab.token = token ?? ''
      window.tab.client.reconnect('another user')
    }, bobs)
    await expect.poll(() => roles([leader, ...bob]), { timeout: 5000 }).toEqual(['follower', 'follower', 'leader'])
    await expect.poll(() => roles(followers)).toEqual(['leader'])
    await flow.more(10)
    await flow.expectWhole(followers)
    expect([lab.live, lab.peak, markers()]).toEqual([2, 2, 2])
  })

  it('signing in ends what an anonymous tab shared with other anonymous ones', async () => {
    const { lab, flow } = suite
    const context = await lab.context()
    const pages = await lab.openAll(context, 2, { topics: { [flow.topic]: '0' } })
    const { leader, followers } = await sides(pages)
    const other = await lab.open(context, { topics: {}, sub: 'ann' })
    const token = await other.evaluate(() => window.tab.token)
    await leader.evaluate((given) => window.tab.adopt({ token: given }), token)
    await expect.poll(() => roles(followers), { timeout: 5000 }).toEqual(['leader'])
    await expect.poll(() => roles([leader]), { timeout: 5000 }).toEqual(['leader'])
    await expect.poll(() => [lab.live, markers()]).toEqual([2, 2])
    await flow.more(10)
    await flow.expectWhole(followers)
  })
})

it('two deployments of an application have a stream each, and both work', async () => {
  const { lab, flow } = suite
  const context = await lab.context()
  const setup = { topics: { [flow.topic]: '0' } }
  const old = await lab.openAll(context, 2, setup)
  const next = [
    await lab.open(context, setup, { file: 'next.html' }),
    await lab.open(context, setup, { file: 'next.html' }),
  ]
  await Promise.all(next.map(settled))
  expect([await roles(old), await roles(next)]).toEqual([
    ['follower', 'leader'],
    ['follower', 'leader'],
  ])
  const { leader, followers } = await sides(old)
  await leader.close()
  await expect.poll(() => roles(followers)).toEqual(['leader'])
  await flow.more(10)
  await flow.expectWhole([...followers, ...next])
  expect([lab.live, lab.peak, markers()]).toEqual([2, 2, 2])
})
