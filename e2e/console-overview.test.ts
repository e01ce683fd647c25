/** The overview, and a run's graph and charts, while the data is changed from outside. */
import type { StepPlan } from '@monofil/server'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type ConsoleHub, countCalls, expectGoodPage, itemsDone, openConsole, SOON } from './console-hub.ts'

const plan = (name: string, options: Partial<StepPlan> = {}): StepPlan => ({
  ...{ name, each: null, after: [], weight: 1, concurrency: 2, attempts: 1, timeoutMs: 60_000 },
  backoff: { minMs: 0, maxMs: 0, factor: 1 },
  ...options,
})

let hub: ConsoleHub
beforeAll(async () => {
  hub = await openConsole()
  const steps = [plan('list'), plan('resize', { each: 'list' }), plan('report', { after: ['resize'] })]
  await hub.store.workflows.register([{ name: 'album', steps, inputSchemaJson: null, exclusive: false }])
})
afterAll(() => hub?.close())

const claim = (max: number) => hub.store.work.claim({ worker: 'w1', workflows: ['album'], max, leaseMs: 600_000 })

/** A run whose list has four entries. */
async function begin(id: string): Promise<void> {
  await hub.client.api.runs.start({ id, workflow: 'album' })
  const [list] = await claim(1)
  await hub.store.work.settle([{ fence: list?.fence ?? 0, kind: 'completed', resultJson: '[1,2,3,4]' }])
}

it('is the first page: empty it says what fills it, then shows what happens', async () => {
  const page = await hub.open('/')
  await page.getByText('Nothing has run yet').waitFor()
  await page.getByText(`npx monofil smoke ${hub.url}`).waitFor()
  await expectGoodPage(page)

  await hub.startRun({ id: 'first', workflow: 'import', total: 8 })
  await hub.report('first', [...itemsDone(0, 2), { item: 'item-2', status: 'running' }])
  const active = page.getByRole('region', { name: 'Not over yet' })
  await active.getByText('2 of 8').waitFor()
  const queue = page.getByRole('row').filter({ hasText: 'import' })
  await expect.poll(() => queue.getByRole('cell').allTextContents(), SOON).toEqual(['1', '5', '1'])
  await page.getByRole('region', { name: 'Throughput of the last 6 hours' }).locator('svg path').first().waitFor()

  await hub.report('first', [...itemsDone(2, 7), ...itemsDone(7, 8, 'failed'), { status: 'completed' }])
  const failed = page.getByRole('region', { name: 'Failed in the last 24 hours' })
  await failed.getByText('1 failed').waitFor()
  await active.getByText('Nothing runs now.').waitFor()
  await expect.poll(() => page.getByRole('link', { name: /^Failed in 24 h/ }).textContent(), SOON).toContain('1')
  await failed.getByRole('link', { name: 'import' }).click()
  await page.getByRole('heading', { name: 'import' }).waitFor()
  await page.keyboard.press('g')
  await page.keyboard.press('o')
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
  await page.context().close()
})

it('asks again only when the stream has news, and not for each of them', async () => {
  const page = await hub.open('/')
  await page.getByRole('region', { name: 'Failed in the last 24 hours' }).getByText('1 failed').waitFor()
  await page.getByText('Live').waitFor()
  // Until the page's own first readings are over; after them only news may cause one.
  const calls = countCalls(page)
  await hub.startRun({ id: 'news', workflow: 'import', total: 1 })
  await page.getByRole('region', { name: 'Not over yet' }).getByText('0 of 1').waitFor()
  await expect.poll(() => calls.filter((call) => call.endsWith('/v1/overview')).length, SOON).toBeGreaterThan(0)
  await hub.report('news', itemsDone(0, 1))
  await hub.report('news', [{ status: 'completed' }])
  await page.getByRole('region', { name: 'Not over yet' }).getByText('Nothing runs now.').waitFor()
  expect(calls.filter((call) => call.endsWith('/v1/overview')).length).toBeLessThanOrEqual(4)
  await page.context().close()
})

it('shows the steps of a run as a graph, live, and a chosen one filters the items', async () => {
  await begin('graph')
  const page = await hub.open('/runs/graph')
  await page.getByRole('tab', { name: 'Graph' }).click()
  const graph = page.getByRole('application', { name: 'Steps' })
  await graph.getByRole('button', { name: /^resize Queued 0 of 4/ }).waitFor()
  const leases = await claim(2)
  await hub.store.work.settle(leases.map(({ fence }) => ({ fence, kind: 'completed', resultJson: '1' })))
  await graph.getByRole('button', { name: /^resize Running 2 of 4/ }).waitFor()
  await graph.getByText('2 left', { exact: true }).waitFor()
  await expectGoodPage(page)
  await graph.getByRole('button', { name: /^report/ }).focus()
  await page.keyboard.press('Enter')
  await expect.poll(() => page.getByRole('table', { name: 'Items' }).getByRole('row').count(), SOON).toBe(2)
  expect(new URL(page.url()).searchParams.get('step')).toBe('report')
  await page.context().close()
})

it('shows how fast items end and which fail, as charts with tables behind them, and keeps them up', async () => {
  await hub.startRun({ id: 'charts', total: 9 })
  const page = await hub.open('/runs/charts?tab=charts')
  await page.getByText('No item has ended yet').waitFor()
  await hub.report('charts', itemsDone(0, 3))
  const rate = page.getByRole('table', { name: 'Items per second' })
  await rate.waitFor({ state: 'attached' })
  await page.getByText('Nothing has failed').waitFor()
  await hub.report('charts', itemsDone(3, 5, 'failed'))
  const failures = page.getByRole('table', { name: 'Failures' })
  const count = async () => (await failures.locator('tbody td:last-child').allTextContents()).map(Number)
  await expect.poll(async () => (await count()).reduce((sum, one) => sum + one, 0), SOON).toBe(2)
  await hub.report('charts', [...itemsDone(5, 9), { status: 'completed' }])
  await page.getByText('Done, but 2 items failed').waitFor()
  const known = await hub.client.api.runs.throughput('charts')
  await expect.poll(() => failures.locator('tbody tr').count(), SOON).toBe(known.buckets)
  await page.context().close()
})

it.each([
  ['dark', 1440, '/'],
  ['light', 390, '/'],
  ['light', 768, '/runs/charts?tab=charts'],
  ['dark', 390, '/runs/graph?tab=graph'],
] as const)('is accessible and fits: %s at %d %s', async (colorScheme, width, path) => {
  const page = await hub.open(path, { colorScheme, viewport: { width, height: 844 }, locale: 'fr' })
  await page.locator('.overview-stats .card, .time-chart svg, .monofil-step').first().waitFor()
  await expectGoodPage(page)
  await page.context().close()
})
