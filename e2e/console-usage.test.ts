import type { Budget } from '@monofil/protocol'
import type { Lease, StepPlan } from '@monofil/server'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type ConsoleHub, expectGoodPage, openConsole, SOON } from './console-hub.ts'

const plan = (name: string, options: Partial<StepPlan> = {}): StepPlan => ({
  ...{ name, each: null, after: [], weight: 1, concurrency: 4, attempts: 1, timeoutMs: 60_000 },
  backoff: { minMs: 0, maxMs: 0, factor: 1 },
  ...options,
})

let hub: ConsoleHub
let seq = 0
beforeAll(async () => {
  hub = await openConsole()
  const steps = [plan('list'), plan('ask', { each: 'list' })]
  await hub.store.workflows.register([{ name: 'answers', steps, inputSchemaJson: null, exclusive: false }])
  // For the looks: a sample that is done.
  await begin('sample-looks', { sample: 3 })
  const leases = await claim()
  await spend(leases, '0.025')
  await settle(leases)
})
afterAll(() => hub?.close())

const claim = (max = 4) => hub.store.work.claim({ worker: 'w1', workflows: ['answers'], max, leaseMs: 600_000 })
const settle = (leases: readonly Lease[], resultJson = '1') =>
  hub.store.work.settle(leases.map(({ fence }) => ({ fence, kind: 'completed', resultJson }) as const))

/** A run over 20 items, whose list is made. */
async function begin(id: string, more: { budget?: Budget; sample?: number } = {}): Promise<void> {
  await hub.client.api.runs.start({ id, workflow: 'answers', ...more })
  await settle(await claim(1), JSON.stringify(Array.from({ length: 20 }, (_, i) => i)))
}

async function spend(leases: readonly Lease[], cost: string, model = 'large'): Promise<void> {
  seq += 1
  const usage = { tokens: 1000, cost, currency: 'USD', model }
  await hub.store.work.usage(
    leases.map(({ fence, runId, step, itemId }) => ({ fence, seq, runId, step, itemId, usage })),
  )
}

it('shows what is used as it is used, and raises the budget that paused the run', async () => {
  await begin('spends', { budget: { cost: '0.4' } })
  const page = await hub.open('/runs/spends')
  const panel = page.getByRole('region', { name: 'Usage and budget' })
  const leases = await claim()
  await spend(leases.slice(0, 2), '0.1')
  await panel.getByText('US$0.20').waitFor(SOON)
  await panel.getByText('of US$0.40').waitFor()
  await spend(leases.slice(2), '0.1')
  await page.getByText('Paused: its budget of money is used').first().waitFor(SOON)
  expect(await claim()).toEqual([])
  await panel.getByRole('button', { name: 'Raise the budget' }).click()
  const form = page.getByRole('dialog', { name: 'Budget of this run' })
  await form.getByText('US$0.40 used').waitFor()
  await form.getByLabel('Cost, USD').fill('much')
  await form.getByText('A number from 0, at most 6 places').waitFor()
  expect(await form.getByRole('button', { name: 'Save the budget' }).isDisabled()).toBe(true)
  await form.getByLabel('Cost, USD').fill('2.5')
  await form.getByLabel('Running time, minutes').fill('90')
  await expectGoodPage(page)
  await form.getByRole('button', { name: 'Save the budget' }).click()
  await panel.getByText('of US$2.50').waitFor(SOON)
  await panel.getByText('of 1 h 30 min').waitFor()
  expect(await hub.client.api.runs.get('spends')).toMatchObject({
    status: 'running',
    budget: { cost: '2.5', timeMs: 5_400_000 },
  })
  await settle(leases)
  const more = await claim()
  await spend(more, '0.1')
  await settle(more)
  await panel.getByText('≈ US$2.00 for all items').waitFor(SOON)
  // What it left is not for the claims of the next tests.
  await hub.client.api.runs.cancel('spends')
  await page.context().close()
})

it('shows a sample that is done to whoever comes late, and goes on when told', async () => {
  await begin('sampled', { sample: 3 })
  const leases = await claim()
  expect(leases).toHaveLength(3)
  await spend(leases, '0.02')
  await settle(leases)
  const page = await hub.open('/runs/sampled')
  const panel = page.getByRole('region', { name: 'Sample' })
  await panel.getByRole('heading', { name: '3 of 20 done as a sample' }).waitFor(SOON)
  await panel.getByText('US$0.06').waitFor()
  await panel.getByText('≈ US$0.40').waitFor()
  await panel.getByText('Time for the rest').waitFor()
  await expectGoodPage(page)
  expect(await claim()).toEqual([])
  await panel.getByRole('button', { name: 'Go on' }).click()
  await expect.poll(() => panel.count(), SOON).toBe(0)
  expect(await claim()).toHaveLength(4)
  await page.context().close()
})

it('adds up by day, model and workflow, and sees what is spent meanwhile', async () => {
  const page = await hub.open('/runs')
  await page.getByRole('link', { name: 'Usage' }).click()
  const models = page.getByRole('region', { name: 'By model' })
  await models.getByRole('row', { name: /^large/ }).waitFor(SOON)
  await hub.startRun({ id: 'outside', workflow: 'elsewhere' })
  await hub.report('outside', [{ usage: { cost: '12.5', currency: 'USD', model: 'tiny' } }])
  await models.getByRole('row', { name: /^tiny US\$12\.50/ }).waitFor(SOON)
  await page
    .getByRole('region', { name: 'By workflow' })
    .getByRole('row', { name: /^elsewhere/ })
    .waitFor()
  const chart = page.getByRole('img', { name: /^Cost in USD per day: US\$/ })
  await chart.locator('path.recharts-rectangle').first().waitFor()
  await page.getByText('Show the days as a table').click()
  const today = new Date().toISOString().slice(0, 10)
  await page.getByRole('region', { name: 'Cost in USD per day' }).getByRole('row', { name: today }).waitFor()
  // In the address: a link shows the same.
  await page.getByRole('combobox', { name: 'Show' }).click()
  await page.getByRole('option', { name: 'Tokens' }).click()
  await page.getByRole('img', { name: /^Tokens per day/ }).waitFor()
  await page.getByRole('combobox', { name: 'Period' }).click()
  await page.getByRole('option', { name: 'Last 7 days' }).click()
  await expect.poll(() => new URL(page.url()).search, SOON).toBe('?show=tokens&days=7')
  await page.reload()
  await page.getByRole('img', { name: /^Tokens per day/ }).waitFor()
  await page.context().close()
})

it('says what failed and tries again when asked, and what fills it when there is nothing', async () => {
  const page = await hub.open('/')
  const body = JSON.stringify({ status: 503, code: 'store_unavailable', detail: 'The store cannot be reached.' })
  const answer = { status: 503, contentType: 'application/problem+json', body }
  await page.route('**/v1/usage**', (route) => route.fulfill(answer))
  await page.getByRole('link', { name: 'Usage' }).click()
  await page.getByRole('alert').getByText('The store cannot be reached.', { exact: true }).waitFor(SOON)
  await page.unroute('**/v1/usage**')
  await page.route('**/v1/usage**', (route) => route.fulfill({ json: { items: [], nextCursor: null } }))
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByText('Nothing was used in this time').waitFor()
  expect(await page.getByRole('main').getByRole('alert').count()).toBe(0)
  await page.context().close()
})

it.each([
  ['dark', 1440, 'en-GB'],
  ['light', 768, 'fr-FR'],
  ['dark', 390, 'en-GB'],
  ['light', 1440, 'fr-FR'],
] as const)('is accessible and fits: %s at %d, %s', async (colorScheme, width, locale) => {
  const page = await hub.open('/usage', { colorScheme, locale, viewport: { width, height: 900 } })
  await page.locator('path.recharts-rectangle').first().waitFor()
  await expectGoodPage(page)
  await page.goto(`${hub.url}/console/runs/spends`)
  await page.locator('.usage-panel').waitFor()
  await expectGoodPage(page)
  await page.goto(`${hub.url}/console/runs/sample-looks`)
  await page.locator('.sample').waitFor()
  await expectGoodPage(page)
  await page.context().close()
})
