/** The console under its own content policy: nothing inline, nothing from another host, and no page of it needs more. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type ConsoleHub, openConsole, SOON } from './console-hub.ts'

let hub: ConsoleHub
beforeAll(async () => {
  hub = await openConsole()
})
afterAll(() => hub?.close())

/** What the page was denied, and every host it asked. */
async function watch(page: Page): Promise<{ readonly violations: string[]; readonly hosts: Set<string> }> {
  const violations: string[] = []
  const hosts = new Set<string>()
  page.on('console', (message) => {
    if (/content security policy|permissions policy/i.test(message.text())) violations.push(message.text())
  })
  page.on('request', (request) => hosts.add(new URL(request.url()).host))
  await page.exposeFunction('violated', (text: string) => violations.push(text))
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      const told = (globalThis as unknown as { violated: (text: string) => void }).violated
      told(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`)
    })
  })
  return { violations, hosts }
}

it('every page works, and the policy denies none of them anything', async () => {
  await hub.startRun({ id: 'seen', total: 3, tags: ['a'] })
  await hub.report('seen', [{ item: 'a', status: 'failed', error: 'no', log: 'a line' }])
  const { user } = await hub.client.api.session()
  await hub.client.api.notify({ id: 'told', title: 'Something happened', to: { users: [user] } })
  for (const path of [
    '/',
    '/runs',
    '/runs/seen',
    '/runs/seen?tab=graph',
    '/runs/seen?tab=charts',
    '/connections',
    '/schedules',
    '/notifications',
    '/queues/told',
    '/test',
    '/settings',
  ]) {
    const page = await hub.open('/runs')
    const { violations, hosts } = await watch(page)
    const response = await page.goto(`${hub.url}/console${path}`)
    expect(response?.headers()['content-security-policy']).not.toContain('unsafe')
    const shown = () => page.evaluate(() => document.querySelector('main')?.textContent?.length ?? 0)
    await expect.poll(shown, { message: path, ...SOON }).toBeGreaterThan(20)
    expect([path, violations]).toEqual([path, []])
    expect([...hosts]).toEqual([new URL(hub.url).host])
    await page.context().close()
  }
})

it('what is inline is denied, so the policy is in force', async () => {
  const page = await hub.open('/runs')
  const { violations } = await watch(page)
  await page.goto(`${hub.url}/console/`)
  await page.evaluate(() => {
    const script = document.createElement('script')
    script.textContent = 'document.title = "taken over"'
    document.head.append(script)
    document.body.insertAdjacentHTML('beforeend', '<img src="https://other.example/x.png">')
  })
  await expect.poll(() => violations.filter((text) => /script-src|img-src/.test(text)).length).toBeGreaterThanOrEqual(2)
  expect(await page.title()).not.toBe('taken over')
})
