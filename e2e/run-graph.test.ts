/** `<RunGraph>` in Chromium: twenty steps of a real run, that one sees, reads, walks through and chooses. */
import { createClient, type MonofilClient } from '@monofil/client'
import type { StepPlan } from '@monofil/server'
import { startHub, type TestHub } from '@monofil/testkit'
import { launchChromium } from '@monofil/testkit/chromium'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildApp } from './build-app.ts'
import { expectGoodPage, SOON } from './console-hub.ts'

const plan = (name: string, options: Partial<StepPlan> = {}): StepPlan => ({
  ...{ name, each: null, after: [], weight: 1, concurrency: 2, attempts: 1, timeoutMs: 60_000 },
  backoff: { minMs: 0, maxMs: 0, factor: 1 },
  ...options,
})

const KINDS = ['colours', 'faces', 'places', 'texts', 'sounds'] as const

/** Fan-out of one list, chains of items beside it, fan-in, and again: twenty steps. */
const STEPS: readonly StepPlan[] = [
  plan('list'),
  ...KINDS.map((kind) => plan(kind, { each: 'list' })),
  ...KINDS.map((kind) => plan(`check-${kind}`, { each: kind })),
  plan('merge', { after: KINDS.map((kind) => `check-${kind}`) }),
  plan('approve', { after: ['merge'], signal: { kind: 'approval', roles: [] } }),
  plan('web', { after: ['approve'] }),
  plan('print', { after: ['approve'] }),
  plan('archive', { after: ['merge'] }),
  plan('a-step-with-a-name-that-does-not-fit-its-box', { after: ['web'] }),
  plan('proof', { after: ['print'] }),
  plan('ship', { after: ['proof', 'a-step-with-a-name-that-does-not-fit-its-box'] }),
  plan('report', { after: ['ship', 'archive'] }),
]

let hub: TestHub
let client: MonofilClient
let browser: Browser

beforeAll(async () => {
  hub = await startHub({ consoleDir: await buildApp('parts-app') })
  client = createClient({ url: hub.url })
  browser = await launchChromium()
  const rest = { steps: STEPS, inputSchemaJson: null, exclusive: false }
  await hub.store.workflows.register([
    { name: 'album', ...rest },
    { name: 'lively', ...rest },
  ])
})

afterAll(async () => {
  client?.close()
  await browser?.close()
  await hub?.close()
})

const claim = (workflow: string, max: number) =>
  hub.store.work.claim({ worker: 'w1', workflows: [workflow], max, leaseMs: 600_000 })

/** A run whose list has eight entries. */
async function begin(id: string, workflow = 'album'): Promise<void> {
  await client.api.runs.start({ id, workflow })
  const [list] = await claim(workflow, 1)
  await hub.store.work.settle([{ fence: list?.fence ?? 0, kind: 'completed', resultJson: '[1,2,3,4,5,6,7,8]' }])
}

async function open(query: string, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options })
  const page = await context.newPage()
  await page.goto(`${hub.url}/console/?part=graph&${query}`)
  return page
}

const boxes = (page: Page) => page.locator('.monofil-step')

it('shows twenty steps without one over another, with arrows for what they wait for', async () => {
  await begin('wide')
  const page = await open('run=wide')
  await expect.poll(() => boxes(page).count(), SOON).toBe(20)
  const graph = page.getByRole('application', { name: 'Steps of album' })
  expect(await graph.getByRole('button').count()).toBe(20)
  // Each of the five streams its items to its check; the rest wait for ends.
  expect(await page.locator('.react-flow__edge').count()).toBe(25)
  expect(await page.getByText('each item', { exact: true }).count()).toBe(5)
  const places = await boxes(page).evaluateAll((all) =>
    all.map((one) => one.getBoundingClientRect()).map(({ left, right, top, bottom }) => ({ left, right, top, bottom })),
  )
  for (const [index, a] of places.entries()) {
    expect([a.left >= 0, a.right <= 1440], `box ${index} is in sight`).toEqual([true, true])
    for (const b of places.slice(index + 1)) {
      const apart = a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top
      expect(apart, `box ${index} lies over another`).toBe(true)
    }
  }
  await page.context().close()
})

it('is live, without any further request, and moves nobody away from where he looks', async () => {
  await begin('live', 'lively')
  const page = await open('run=live')
  const colours = page.getByRole('button', { name: /^colours / })
  await colours.waitFor()
  const before = await colours.boundingBox()
  const calls: string[] = []
  page.on('request', (request) => calls.push(request.url()))
  const leases = await claim('lively', 2)
  await expect.poll(() => colours.getAttribute('data-status'), SOON).toBe('running')
  await hub.store.work.settle(leases.map(({ fence }) => ({ fence, kind: 'completed', resultJson: '1' })))
  const [next] = await claim('lively', 1)
  const error = { code: 'broken', message: 'no' }
  await hub.store.work.settle([{ fence: next?.fence ?? 0, kind: 'failed', error, retryable: false }])
  await page.getByRole('button', { name: 'colours Running 3 of 8 1 failed' }).waitFor()
  await page.getByRole('button', { name: 'check-colours Queued 0 of 2 Waits for a worker' }).waitFor()
  await page.getByText('2 left', { exact: true }).waitFor()
  expect(await colours.boundingBox()).toEqual(before)
  expect(calls).toEqual([])
  await client.api.runs.cancel('live')
  await expect.poll(() => colours.getAttribute('data-status'), SOON).toBe('cancelled')
  await page.context().close()
})

it('is walked through by keyboard in the order of the steps, also where a box is out of sight', async () => {
  const page = await open('run=wide', { viewport: { width: 390, height: 844 } })
  await expect.poll(() => boxes(page).count(), SOON).toBe(20)
  await page.getByRole('button', { name: 'List', exact: true }).focus()
  const walked: string[] = []
  for (let n = 0; n < 20 || walked.length === 0; n += 1) {
    await page.keyboard.press('Tab')
    walked.push(await page.evaluate(() => document.activeElement?.querySelector('strong')?.textContent ?? ''))
    const shown = page.locator('.monofil-step:focus')
    if ((await shown.count()) === 0) continue
    await expect
      .poll(async () => {
        const box = await shown.boundingBox()
        return box !== null && box.x >= 0 && box.x + box.width <= 390
      })
      .toBe(true)
  }
  const steps = walked.filter((name) => STEPS.some((one) => one.name === name))
  expect(steps).toEqual(STEPS.map(({ name }) => name).slice(0, steps.length))
  expect(steps.length).toBeGreaterThan(15)
  await page.keyboard.press('Enter')
  await page.getByText(`Chosen: ${steps.at(-1)}`).waitFor()
  await page.context().close()
})

it('is a list for who would rather read', async () => {
  const page = await open('run=wide&locale=fr')
  await page.getByRole('button', { name: 'Liste', exact: true }).click()
  const list = page.getByRole('list', { name: 'Étapes de album' })
  expect(await list.getByRole('listitem').count()).toBe(20)
  await list.getByText('Reprend chaque élément de faces').waitFor()
  await list.getByRole('button', { name: /^merge/ }).click()
  await page.getByText('Chosen: merge').waitFor()
  await page.getByRole('button', { name: 'Graphe', exact: true }).click()
  await expect.poll(() => page.locator('.monofil-step[aria-pressed="true"]').count(), SOON).toBe(1)
  await page.context().close()
})

it('says when there is no such run', async () => {
  const page = await open('run=nobody')
  await page.getByRole('alert').getByText('The run cannot be shown').waitFor()
  await page.context().close()
})

it.each([
  ['dark', 1440],
  ['light', 390],
] as const)('is accessible and fits: %s at %d', async (colorScheme, width) => {
  const page = await open('run=wide', { colorScheme, viewport: { width, height: 844 }, reducedMotion: 'reduce' })
  await expect.poll(() => boxes(page).count(), SOON).toBe(20)
  await page.locator('.react-flow__edge').first().waitFor({ state: 'attached' })
  await expectGoodPage(page)
  await page.context().close()
})
