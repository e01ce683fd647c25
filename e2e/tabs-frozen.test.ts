/** A window as people have it: one tab in front, the others hidden, and one of those frozen by the browser. */
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Flow } from './tabs/flow.ts'
import { role, settled, TabsLab } from './tabs/lab.ts'
import { openWindow } from './tabs/window.ts'

let window: Awaited<ReturnType<typeof openWindow>>
let lab: TabsLab

beforeAll(async () => {
  window = await openWindow()
  lab = await TabsLab.start(window.browser)
})

afterAll(async () => {
  await lab?.close()
  await window?.close()
})

async function lifecycle(context: BrowserContext, page: Page, state: 'frozen' | 'active'): Promise<void> {
  const tools = await context.newCDPSession(page)
  await tools.send('Page.setWebLifecycleState', { state })
  // The session stays: a page thaws when it ends.
}

const visibility = (page: Page) => page.evaluate(() => document.visibilityState)

it('a leader that is frozen lets go first; thawed, it follows and has missed nothing', async () => {
  const flow = await Flow.start(lab.hub, 'frozen')
  const [context] = lab.browser.contexts() as [BrowserContext]
  const setup = { topics: { [flow.topic]: '0' } }
  const leader = await lab.open(context, setup)
  await settled(leader)
  const front = await lab.open(context, setup)
  await settled(front)
  expect([await visibility(leader), await visibility(front)]).toEqual(['hidden', 'visible'])
  expect([await role(leader), await role(front)]).toEqual(['leader', 'follower'])

  const at = Date.now()
  await lifecycle(context, leader, 'frozen')
  await expect.poll(() => lab.opened.length, { interval: 5, timeout: 20_000 }).toBe(2)
  const took = (lab.opened[1]?.at ?? 0) - at
  console.log(`frozen: ${took} ms`)
  expect(took).toBeLessThan(1000)
  await flow.more(50)
  await lifecycle(context, leader, 'active')
  await expect.poll(() => role(leader)).toBe('follower')
  await flow.more(10)
  await flow.expectWhole([leader, front])
  expect([lab.live, lab.peak, lab.opened.length]).toEqual([1, 1, 2])
  expect(await role(front)).toBe('leader')
})
