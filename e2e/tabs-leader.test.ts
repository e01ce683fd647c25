/** What may happen to the tab that holds the stream: the others go on, with nothing lost and nothing doubled. */
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { BRISK, rank, role, settled, sides } from './tabs/lab.ts'
import type { Report, TabSetup } from './tabs/page.ts'
import { block, crash, stopProcess } from './tabs/process.ts'
import { isLong, TabsSuite } from './tabs/suite.ts'

const suite = new TabsSuite()
/** Between two things that happen, for the flow to go on. */
const SOME = 10

/** Three tabs, the leader first. */
async function three(setup: Partial<TabSetup> = {}) {
  const { lab, flow } = suite
  const context = await lab.context()
  const pages = await lab.openAll(context, 3, { topics: { [flow.topic]: '0' }, ...setup })
  const { leader, followers } = await sides(pages)
  await flow.more(SOME)
  return { lab, flow, context, leader, followers, pages }
}

/** The time from `at` to the `number`th stream of this test. */
async function tookOver(at: number, number: number, timeout: number): Promise<number> {
  const { lab } = suite
  await expect.poll(() => lab.opened.length, { interval: 5, timeout }).toBeGreaterThanOrEqual(number)
  return (lab.opened[number - 1]?.at ?? Number.POSITIVE_INFINITY) - at
}

/** One stream now, one at most at every moment, all under one name; and no more of them than `opened`. */
async function expectOne(opened: number, more = 0): Promise<void> {
  const { lab } = suite
  await expect.poll(() => lab.live).toBe(1)
  expect([lab.peak, new Set(lab.opened.map(({ marker }) => marker)).size]).toEqual([1, 1])
  expect(lab.opened.length).toBeGreaterThanOrEqual(opened)
  expect(lab.opened.length).toBeLessThanOrEqual(opened + more)
}

/** Where two tabs are looked at, both may lose patience before either has said that it took the lead. */
const BOTH = 1

const rounds = Array.from({ length: isLong ? 20 : 1 }, (_, index) => index + 1)

describe('a leader that goes', () => {
  it.each(rounds)('is closed: another leads within a second (%i)', async () => {
    const { flow, leader, followers } = await three()
    const at = Date.now()
    await leader.close()
    const took = await tookOver(at, 2, 5000)
    console.log(`closed: ${took} ms`)
    expect(took).toBeLessThan(1000)
    await flow.more(SOME)
    await flow.expectWhole(followers)
    await expectOne(2)
  })

  it.each(rounds)('is reloaded: another leads within a second, and it comes back as a follower (%i)', async () => {
    const { flow, leader, followers } = await three()
    const at = Date.now()
    await leader.reload()
    const took = await tookOver(at, 2, 5000)
    console.log(`reloaded: ${took} ms`)
    expect(took).toBeLessThan(1000)
    await settled(leader)
    expect(await role(leader)).toBe('follower')
    await flow.more(SOME)
    await flow.expectWhole([leader, ...followers])
    await expectOne(2)
  })

  it.each(rounds)('crashes: another leads within a second (%i)', async () => {
    const { flow, leader, followers } = await three()
    const at = Date.now()
    await crash(leader)
    const took = await tookOver(at, 2, 5000)
    console.log(`crashed: ${took} ms`)
    expect(took).toBeLessThan(1000)
    await flow.more(SOME)
    await flow.expectWhole(followers)
    await expectOne(2)
  })

  it('is alone and reloaded: it leads again', async () => {
    const { lab, flow } = suite
    const page = await lab.open(await lab.context(), { topics: { [flow.topic]: '0' } })
    await settled(page)
    await page.reload()
    await settled(page)
    await flow.more(SOME)
    await flow.expectWhole([page])
    expect([lab.live, lab.peak, lab.opened.length]).toEqual([1, 1, 2])
  })

  it('goes one after the other until one is left', async () => {
    const { lab, flow } = suite
    const count = isLong ? 10 : 4
    let pages = await lab.openAll(await lab.context(), count, { topics: { [flow.topic]: '0' } })
    for (let i = 1; i < count; i += 1) {
      const { leader, followers } = await sides(pages)
      pages = followers
      await leader.close()
      await expect.poll(() => Promise.all(pages.map(role))).toContain('leader')
      await flow.more(SOME)
    }
    await flow.expectWhole(pages)
    await expectOne(count)
  })
})

describe('a leader that sleeps', () => {
  it.each(isLong ? [{}, { sharing: BRISK }] : [{ sharing: BRISK }])(
    'is stopped in the middle of it: one that is looked at takes over (%o)',
    async (setup) => {
      const { lab, flow, leader, followers } = await three(setup)
      const resume = await stopProcess(lab.browser, leader)
      const at = Date.now()
      try {
        const took = await tookOver(at, 2, 30_000)
        console.log(`stopped: ${took} ms`)
        expect(took).toBeLessThan(20_000)
        await flow.more(SOME)
      } finally {
        resume()
      }
      await expect.poll(() => role(leader), { timeout: 10_000 }).toBe('follower')
      await flow.more(SOME)
      await flow.expectWhole([leader, ...followers])
      await expectOne(2, BOTH)
    },
  )

  it('is blocked for as long as the others bear: it leads on', async () => {
    const ms = isLong ? 10_000 : 2000
    const sharing = isLong ? {} : { silenceMs: 1500, answerMs: 1500 }
    const { flow, leader, followers } = await three({ sharing })
    await block(leader, ms)
    await flow.more(SOME)
    expect(await role(leader)).toBe('leader')
    await flow.expectWhole([leader, ...followers])
    await expectOne(1)
  })

  it('is blocked for longer: another takes over, and there are never two', async () => {
    const { flow, leader, followers } = await three({ sharing: BRISK })
    const at = Date.now()
    const blocked = block(leader, isLong ? 10_000 : 3000)
    const took = await tookOver(at, 2, 10_000)
    console.log(`blocked: ${took} ms`)
    await blocked
    await expect.poll(() => role(leader)).toBe('follower')
    await flow.more(SOME)
    await flow.expectWhole([leader, ...followers])
    await expectOne(2, BOTH)
  })
})

describe('a leader in the back/forward cache', () => {
  async function report(topic: string): Promise<Report> {
    const path = `/v1/topics/${topic}/events?limit=200`
    const read = async () => {
      const { body } = await suite.lab.hub.call<{ items: { data: Report }[] }>('GET', path)
      return body.items.at(-1)?.data
    }
    await expect.poll(read, { timeout: 10_000 }).toBeDefined()
    await suite.flow.stop()
    await expect
      .poll(async () => (await read())?.seen[suite.flow.topic]?.at(-1), { timeout: 10_000 })
      .toBe(suite.flow.count)
    return (await read()) as Report
  }
  const whole = () => Array.from({ length: suite.flow.count }, (_, index) => index + 1)

  it('with others: one of them leads within a second, and it follows when it is back', async () => {
    const { lab, flow, leader, followers } = await three({ reports: 'reports-1' })
    const at = Date.now()
    await leader.goto(`${lab.hub.url}/console/elsewhere`)
    const took = await tookOver(at, 2, 5000)
    console.log(`left for the cache: ${took} ms`)
    expect(took).toBeLessThan(1000)
    await flow.more(SOME)
    await leader.evaluate(() => history.back()).catch(() => {})
    const { role: now, seen } = await report('reports-1')
    expect([now, seen[flow.topic]]).toEqual(['follower', whole()])
    await flow.expectWhole(followers)
    await expectOne(2)
  })

  it('alone: there is no stream while it is there, and one when it is back', async () => {
    const { lab, flow } = suite
    const page = await lab.open(await lab.context(), { topics: { [flow.topic]: '0' }, reports: 'reports-2' })
    await settled(page)
    await flow.more(SOME)
    await page.goto(`${lab.hub.url}/console/elsewhere`)
    await expect.poll(() => lab.live).toBe(0)
    await flow.more(SOME)
    await page.evaluate(() => history.back()).catch(() => {})
    const { role: now, seen } = await report('reports-2')
    expect([now, seen[flow.topic]]).toEqual(['leader', whole()])
    expect([lab.live, lab.peak, lab.opened.length]).toEqual([1, 1, 2])
  })
})

describe('tabs that nobody looks at', () => {
  it('do not take the lead from one that sleeps; the first that is looked at does', async () => {
    const { lab, flow, leader, followers } = await three({ sharing: BRISK })
    for (const page of followers) await page.evaluate(() => window.tab.look(false))
    const resume = await stopProcess(lab.browser, leader)
    try {
      // Several times as long as a tab that is looked at would bear.
      await flow.more(150)
      expect(lab.opened.length).toBe(1)
      await followers[1]?.evaluate(() => window.tab.look(true))
      await tookOver(0, 2, 10_000)
      expect(await Promise.all(followers.map(role))).toEqual(['follower', 'leader'])
    } finally {
      resume()
    }
    await expect.poll(() => role(leader)).toBe('follower')
    await flow.expectWhole([leader, ...followers])
    await expectOne(2)
  })

  it('give the lead to one that is looked at', async () => {
    const { flow, leader, followers } = await three({ sharing: { handOverMs: 500 } })
    const [hidden, shown] = followers as [Page, Page]
    await hidden.evaluate(() => window.tab.look(false))
    await leader.evaluate(() => window.tab.look(false))
    await expect.poll(() => role(shown), { timeout: 5000 }).toBe('leader')
    expect(await role(leader)).toBe('follower')
    await flow.more(SOME)
    await flow.expectWhole([leader, ...followers])
    await expectOne(2)
  })

  it('keep the lead where it is when all are hidden', async () => {
    const { flow, leader, followers } = await three({ sharing: BRISK })
    // The leader last: one that is looked at would take the lead from it.
    for (const page of [...followers, leader]) await page.evaluate(() => window.tab.look(false))
    await flow.more(100)
    expect(await role(leader)).toBe('leader')
    await flow.expectWhole([leader, ...followers])
    await expectOne(1)
  })
})

it('a follower that slept through 2,000 events lists them, once and in order; the stream is not rewound', async () => {
  // The tabs' minute, after which a silent one is given up, is two seconds.
  const { lab, flow, leader, followers } = await three({ haste: 30 })
  const [sleeper, other] = followers as [Page, Page]
  let lists = 0
  leader.on('request', (request) => {
    if (request.url().includes(`/topics/${flow.topic}/events`)) lists += 1
  })
  const resume = await stopProcess(lab.browser, sleeper)
  try {
    await expect.poll(() => rank(leader), { timeout: 10_000 }).toBe('leader of 1 tab')
    await flow.burst(2000)
    expect(lists).toBe(0)
  } finally {
    resume()
  }
  await flow.expectWhole([sleeper, leader, other])
  expect(lists).toBeGreaterThanOrEqual(10)
  expect(await rank(leader)).toBe('leader of 2 tabs')
  await expectOne(1)
})
