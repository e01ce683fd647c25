/** What tabs do where the browser lacks, or forbids, what they share by. */

import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { BRISK, role, roles, settled, sides } from './tabs/lab.ts'
import { mayGoDeaf } from './tabs/overhear.ts'
import type { TabSetup } from './tabs/page.ts'
import { crash } from './tabs/process.ts'
import { isLong, TabsSuite } from './tabs/suite.ts'

const suite = new TabsSuite()
const diagnosis = (page: Page) =>
  page.evaluate(() => {
    const { transport, unshared, role: now, status } = window.tab.client.debug()
    return { transport, unshared, role: now, status }
  })

function noLocks(): void {
  Object.defineProperty(Navigator.prototype, 'locks', { get: () => undefined })
}
function noChannel(): void {
  Reflect.deleteProperty(window, 'BroadcastChannel')
}
function noWorker(): void {
  Reflect.deleteProperty(window, 'SharedWorker')
}
function locksThrow(): void {
  Object.defineProperty(Navigator.prototype, 'locks', {
    get() {
      throw new DOMException('access is denied', 'SecurityError')
    },
  })
}
function locksRefuse(): void {
  LockManager.prototype.request = () => Promise.reject(new DOMException('access is denied', 'SecurityError'))
}
function storageThrows(): void {
  for (const name of ['sessionStorage', 'localStorage']) {
    Object.defineProperty(window, name, {
      get() {
        throw new DOMException('access is denied', 'SecurityError')
      },
    })
  }
}

/** Tabs that each run these scripts first. */
async function tabs(count: number, inits: readonly (() => void)[], setup: Partial<TabSetup> = {}) {
  const { lab, flow } = suite
  const context = await lab.context()
  const pages: Page[] = []
  for (let i = 0; i < count; i += 1) {
    const page = await lab.open(context, { topics: { [flow.topic]: '0' }, ...setup }, { inits })
    await settled(page)
    pages.push(page)
  }
  return { lab, flow, context, pages }
}

describe('by a shared worker, where there are no locks', () => {
  const worker = './worker.js'
  const withWorker = (count: number, setup: Partial<TabSetup> = {}) => tabs(count, [noLocks], { worker, ...setup })

  it('many tabs have one stream', async () => {
    const { lab, flow, pages } = await withWorker(isLong ? 10 : 4)
    expect(new Set(await roles(pages))).toEqual(new Set(['follower']))
    expect(await diagnosis(pages[0] as Page)).toMatchObject({ transport: 'worker', unshared: null })
    await flow.expectWhole(pages)
    expect([lab.live, lab.peak, lab.opened.length]).toEqual([1, 1, 1])
  })

  it('serves where only channels are missing', async () => {
    const { lab, flow, pages } = await tabs(2, [noChannel], { worker })
    expect(await roles(pages)).toEqual(['follower', 'follower'])
    await flow.expectWhole(pages)
    expect([lab.live, lab.opened.length]).toEqual([1, 1])
  })

  it('goes on when the tab that started it closes, and when one reloads; it ends with the last', async () => {
    const { lab, flow, pages } = await withWorker(3)
    const [first, second, third] = pages as [Page, Page, Page]
    await first.close()
    await flow.more(10)
    await second.reload()
    await settled(second)
    await flow.more(10)
    await flow.expectWhole([second, third])
    expect([lab.live, lab.opened.length]).toEqual([1, 1])
    await second.close()
    await third.close()
    await expect.poll(() => lab.live).toBe(0)
  })

  // A worker has the wall's clock, and Chromium 156 does not tell it that a tab is gone.
  if (isLong) {
    it('lets go of what only a tab that crashed had read, after a minute', async () => {
      const { lab, flow, context, pages } = await withWorker(1)
      const other = await lab.open(context, { topics: { only: null }, worker }, { inits: [noLocks] })
      await expect.poll(() => lab.topics).toEqual(['only', flow.topic])
      await crash(other)
      await expect.poll(() => lab.topics, { timeout: 90_000 }).toEqual([flow.topic])
      await flow.expectWhole(pages)
      expect(lab.opened.length).toBe(1)
    })
  }

  it('is lent a credential, and signs out for every tab', async () => {
    const { lab, flow, pages } = await withWorker(2, { sub: 'ann' })
    await flow.more(10)
    await flow.expectWhole(pages)
    await pages[1]?.evaluate(() => window.tab.client.logout())
    await expect.poll(() => lab.live).toBe(0)
    for (const page of pages) expect(await diagnosis(page)).toMatchObject({ status: 'idle' })
  })

  it('a script that is not there leaves each tab its own stream', async () => {
    const { lab, flow, pages } = await tabs(2, [noLocks], { worker: './nowhere.js' })
    expect(await diagnosis(pages[0] as Page)).toMatchObject({ role: 'own', unshared: expect.stringContaining('start') })
    await flow.expectWhole(pages)
    expect([lab.live, lab.opened.length]).toEqual([2, 2])
  })

  it('a script that never answers leaves each tab its own stream', async () => {
    const { lab, flow, pages } = await tabs(2, [noLocks], { worker: './page.js', sharing: BRISK })
    expect(await diagnosis(pages[0] as Page)).toMatchObject({
      role: 'own',
      unshared: expect.stringContaining('answer'),
    })
    await flow.expectWhole(pages)
    expect([lab.live, lab.opened.length]).toEqual([2, 2])
  })
})

describe('each has its own stream, and says why', () => {
  it.each<[string, readonly (() => void)[], Partial<TabSetup>, string]>([
    ['locks and no worker is offered', [noLocks], {}, 'no Web Locks'],
    ['channels and no worker is offered', [noChannel], {}, 'give `worker`'],
    ['locks and shared workers', [noLocks, noWorker], { worker: './worker.js' }, 'neither'],
    ['access to locks', [locksThrow], {}, 'forbids'],
    ['locks when asked for one', [locksRefuse], {}, 'forbids'],
  ])('without %s', async (_name, inits, setup, why) => {
    const { lab, flow, pages } = await tabs(2, inits, setup)
    for (const page of pages) {
      expect(await diagnosis(page)).toMatchObject({
        role: 'own',
        transport: 'own',
        unshared: expect.stringContaining(why),
      })
    }
    await flow.expectWhole(pages)
    expect([lab.live, lab.opened.length]).toEqual([2, 2])
  })

  it('storage that throws is no reason: tabs share, and resume nothing', async () => {
    const { lab, flow, pages } = await tabs(2, [storageThrows], { resume: true })
    expect(await roles(pages)).toEqual(['follower', 'leader'])
    await flow.expectWhole(pages)
    expect([lab.live, lab.opened.length]).toEqual([1, 1])
  })
})

describe('a tab that does not hear the others', () => {
  const deafen = (page: Page) =>
    page.evaluate(() => {
      window.deaf = true
    })
  /** What is so now stays so for several times the tabs' patience. */
  async function expectPeace(opened: number): Promise<void> {
    const { lab, flow } = suite
    await flow.more(isLong ? 2000 : 120)
    expect([lab.live, lab.opened.length]).toEqual([2, opened])
  }

  it("from its first moment on ends alone, and takes nobody's lead", async () => {
    const { lab, flow, context, pages } = await tabs(2, [], { sharing: BRISK })
    const { leader } = await sides(pages)
    const deaf = await lab.open(
      context,
      { topics: { [flow.topic]: '0' }, sharing: BRISK },
      {
        inits: [
          mayGoDeaf,
          () => {
            window.deaf = true
          },
        ],
      },
    )
    await settled(deaf)
    expect(await diagnosis(deaf)).toMatchObject({ role: 'own', unshared: 'this tab does not hear the others' })
    await expectPeace(2)
    expect(await role(leader)).toBe('leader')
    await flow.expectWhole([...pages, deaf])
  })

  it('and follows ends alone', async () => {
    const { flow, pages } = await tabs(3, [mayGoDeaf], { sharing: BRISK })
    const { leader, followers } = await sides(pages)
    const [deaf] = followers as [Page]
    await deafen(deaf)
    await expect.poll(() => role(deaf), { timeout: 10_000 }).toBe('own')
    await expectPeace(2)
    expect(await role(leader)).toBe('leader')
    await flow.expectWhole(pages)
  })

  it('and leads: the next that comes leads, and it ends alone', async () => {
    const { lab, flow, context, pages } = await tabs(3, [mayGoDeaf], { sharing: BRISK })
    const { leader: deaf, followers } = await sides(pages)
    await deafen(deaf)
    // Those that follow are still told everything; one that comes is not answered.
    const next = await lab.open(context, { topics: { [flow.topic]: '0' }, sharing: BRISK })
    await settled(next)
    expect(await role(next)).toBe('leader')
    await expect.poll(() => role(deaf), { timeout: 10_000 }).toBe('own')
    await settled(deaf)
    await expectPeace(3)
    expect(await roles([...followers, next])).toEqual(['follower', 'follower', 'leader'])
    await flow.expectWhole([...pages, next])
  })

  it('nor is heard, and leads: the next leads under its name, and it ends alone under another', async () => {
    const { lab, flow, pages } = await tabs(2, [mayGoDeaf], { sharing: BRISK })
    const { leader: deaf, followers } = await sides(pages)
    await deafen(deaf)
    await deaf.evaluate(() => {
      window.mute = true
    })
    await expect.poll(() => role(deaf), { timeout: 10_000 }).toBe('own')
    await settled(deaf)
    await expectPeace(3)
    expect(await roles(followers)).toEqual(['leader'])
    const names = lab.opened.map(({ marker }) => marker)
    expect([names[1], names[2]?.startsWith(`${names[0]}-`)]).toEqual([names[0], true])
    await flow.expectWhole(pages)
  })
})
