/** Tabs of one browser share one stream, counted by the hub and in the browser's network log. */
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { roles, settled, sides } from './tabs/lab.ts'
import { crash } from './tabs/process.ts'
import { isLong, TabsSuite } from './tabs/suite.ts'

const suite = new TabsSuite()

const followers = (count: number) => Array.from({ length: count }, () => 'follower')

/** How long the slowest tab waits for an answer to a call of its own. */
async function slowest(pages: readonly Page[], topic: string): Promise<number> {
  const call = (page: Page) =>
    page.evaluate(async (name) => {
      const from = performance.now()
      await window.tab.client.api.topicEvents(name, { limit: 1 })
      return performance.now() - from
    }, topic)
  return Math.max(...(await Promise.all(pages.map(call))))
}

describe('tabs over HTTP/1.1', () => {
  it.each(isLong ? [1, 2, 7, 10, 30] : [1, 2, 7, 10])(
    '%i have one stream, and each has its calls answered',
    async (count) => {
      const { lab, flow } = suite
      const context = await lab.context()
      const pages: Page[] = []
      for (let i = 0; i < count; i += 1) pages.push(await lab.open(context, { topics: { [flow.topic]: '0' } }))
      await Promise.all(pages.map(settled))
      expect(await roles(pages)).toEqual([...followers(count - 1), 'leader'])
      expect(await slowest(pages, flow.topic)).toBeLessThan(2000)
      await flow.expectWhole(pages)
      expect([lab.live, lab.peak, lab.opened.length, lab.asked.get(context)]).toEqual([1, 1, 1, 1])
    },
  )

  it('that do not share stall at the seventh, until one of them closes', async () => {
    const { lab, flow } = suite
    const context = await lab.context()
    const setup = { topics: { [flow.topic]: '0' }, share: 'tab' } as const
    const pages = await lab.openAll(context, 6, setup)
    expect(lab.live).toBe(6)
    const seventh = await context.newPage()
    await expect(seventh.goto(lab.address(setup), { timeout: 2000 })).rejects.toThrow('Timeout')
    expect(lab.live).toBe(6)
    // The page is still being asked for.
    await pages[0]?.close()
    await seventh.waitForFunction(() => window.tab !== undefined)
    await settled(seventh)
    expect([lab.live, lab.peak]).toEqual([6, 6])
  })

  it.each([2, 10])('%i opened in one tick by another have one stream', async (count) => {
    const { lab, flow } = suite
    const context = await lab.context()
    const opener = await context.newPage()
    await opener.goto(`${lab.hub.url}/console/`)
    await opener.evaluate(
      ([address, number]) => {
        for (let i = 0; i < number; i += 1) window.open(address)
      },
      [lab.address({ topics: { [flow.topic]: '0' } }), count] as const,
    )
    await expect.poll(() => context.pages().length).toBe(count + 1)
    const pages = context.pages().filter((page) => page !== opener)
    for (const page of pages) await page.waitForFunction(() => window.tab !== undefined)
    await Promise.all(pages.map(settled))
    expect(await roles(pages)).toEqual([...followers(count - 1), 'leader'])
    await flow.expectWhole(pages)
    expect([lab.live, lab.peak, lab.opened.length, lab.asked.get(context)]).toEqual([1, 1, 1, 1])
  })

  it("a duplicated tab, with the first one's session storage, is a tab of its own", async () => {
    const { lab, flow } = suite
    const context = await lab.context()
    const first = await lab.open(context, { topics: { [flow.topic]: '0' }, resume: true })
    await settled(first)
    await flow.more(5)
    // Hiding is when the cursors are saved: the duplicate begins where the first one was then.
    await first.evaluate(() => {
      window.tab.look(false)
      window.tab.look(true)
    })
    const [second] = await Promise.all([
      context.waitForEvent('page'),
      first.evaluate(() => void window.open(location.href)),
    ])
    await second.waitForFunction(() => window.tab !== undefined)
    await settled(second)
    expect(await second.evaluate(() => sessionStorage.length)).toBeGreaterThan(0)
    expect(await roles([first, second])).toEqual(['follower', 'leader'])
    await flow.expectWhole([first, second])
    expect([lab.live, lab.peak, lab.opened.length]).toEqual([1, 1, 1])
  })

  it('of a private window have a stream of their own', async () => {
    const { lab, flow } = suite
    const setup = { topics: { [flow.topic]: '0' } }
    const context = await lab.context()
    const pages = await lab.openAll(context, 2, setup)
    const other = await lab.openAll(await lab.browser.newContext(), 2, setup)
    expect([await roles(pages), await roles(other)]).toEqual([
      ['follower', 'leader'],
      ['follower', 'leader'],
    ])
    await flow.expectWhole([...pages, ...other])
    expect([lab.live, lab.peak, new Set(lab.opened.map(({ marker }) => marker)).size]).toEqual([2, 2, 2])
  })

  it('leave nothing: no lock held or waited for, no stream, no timer', async () => {
    const { lab, flow } = suite
    const context = await lab.context()
    const pages = await lab.openAll(context, 3, { topics: { [flow.topic]: '0' } })
    const locks = async () => {
      const { held = [], pending = [] } = (await pages[0]?.evaluate(() => navigator.locks.query())) ?? {}
      return [held.length, pending.length]
    }
    expect(await locks()).toEqual([1, 2])
    const { leader, followers: rest } = await sides(pages)
    await leader.evaluate(() => window.tab.client.close())
    await Promise.all(rest.map(settled))
    expect(await locks()).toEqual([1, 1])
    for (const page of rest) await page.evaluate(() => window.tab.client.close())
    await expect.poll(locks).toEqual([0, 0])
    await expect.poll(() => lab.live).toBe(0)
    const timers = pages.map((page) => page.evaluate(() => window.tab.client.debug().timersPending))
    expect(await Promise.all(timers)).toEqual([0, 0, 0])
  })
})

describe('what only a follower reads', () => {
  const both = async (setup = {}) => {
    const { lab, flow } = suite
    const context = await lab.context()
    const leader = await lab.open(context, { topics: { [flow.topic]: '0' }, ...setup })
    await settled(leader)
    const follower = await lab.open(context, { topics: { only: null }, ...setup })
    await expect.poll(() => lab.topics).toEqual(['only', flow.topic])
    return { lab, flow, leader, follower }
  }

  it('ends at the hub when the follower closes', async () => {
    const { lab, flow, leader, follower } = await both()
    await follower.close()
    await expect.poll(() => lab.topics, { timeout: 5000 }).toEqual([flow.topic])
    await flow.expectWhole([leader])
    expect(lab.opened.length).toBe(1)
  })

  it('ends at the hub a minute after the follower crashed', async () => {
    // The tabs' minute is two seconds; in the long form it is a minute.
    const { lab, flow, leader, follower } = await both(isLong ? {} : { haste: 30 })
    const from = Date.now()
    await crash(follower)
    await expect.poll(() => lab.topics, { timeout: 90_000 }).toEqual([flow.topic])
    console.log(`given up ${Date.now() - from} ms after the crash`)
    await flow.expectWhole([leader])
    expect(lab.opened.length).toBe(1)
  })
})
