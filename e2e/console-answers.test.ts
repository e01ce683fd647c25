/** What waits for an answer from outside, on the run's page; and what waits for anything else. */
import type { StepPlan } from '@monofil/server'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type ConsoleHub, expectGoodPage, openConsole, SOON } from './console-hub.ts'

const plan = (name: string, options: Partial<StepPlan> = {}): StepPlan => ({
  ...{ name, each: null, after: [], weight: 1, concurrency: 9, attempts: 1, timeoutMs: 1_800_000 },
  backoff: { minMs: 0, maxMs: 0, factor: 1 },
  ...options,
})
const MODELS = { name: 'models', rate: { count: 1, perMs: 1_800_000, burst: 1 }, concurrency: null }
const APPROVAL = { kind: 'approval', roles: [] } as const

let hub: ConsoleHub
beforeAll(async () => {
  hub = await openConsole()
  const rest = { inputSchemaJson: null, exclusive: false }
  await hub.store.workflows.register([
    { name: 'letter', ...rest, steps: [plan('draft'), plan('release', { signal: APPROVAL }), plan('post')] },
    { name: 'offers', ...rest, steps: [plan('list'), plan('allow', { each: 'list', signal: APPROVAL })] },
    { name: 'order', ...rest, steps: [plan('paid', { signal: { kind: 'signal', roles: [] } }), plan('ship')] },
    {
      ...rest,
      name: 'waits',
      steps: [
        plan('read'),
        plan('ask', {
          each: 'read',
          attempts: 3,
          backoff: { minMs: 600_000, maxMs: 600_000, factor: 1 },
          limits: [MODELS],
        }),
        plan('merge', { after: ['read', 'ask'] }),
      ],
    },
    { name: 'skips', ...rest, steps: [plan('read'), plan('ask', { each: 'read' }), plan('merge')] },
  ])
})
afterAll(() => hub?.close())

const claim = (workflow: string, max = 9) =>
  hub.store.work.claim({ worker: 'w1', workflows: [workflow], max, leaseMs: 600_000 })

async function begin(workflow: string, id: string, result: unknown): Promise<void> {
  await hub.client.api.runs.start({ id, workflow })
  const [first] = await claim(workflow, 1)
  const resultJson = JSON.stringify(result)
  await hub.store.work.settle([{ fence: first?.fence ?? 0, kind: 'completed', resultJson }])
}

const form = (page: Page, name: string) => page.getByRole('article', { name })
const itemOf = async (id: string, item: string) =>
  (await hub.client.api.runs.items(id, { limit: 200 })).items.find((one) => one.id === item)

it('an approval shows what is to be decided, and is given by keyboard, with a note', async () => {
  await begin('letter', 'a1', { text: 'Dear Ada, your offer is enclosed.' })
  const page = await hub.open('/runs/a1')
  const waits = form(page, 'release waits for an approval')
  await waits.getByText('Dear Ada').waitFor()
  await waits.getByRole('heading', { name: 'Result of draft' }).waitFor()
  await waits.getByText(/\d+\smin.* left/).waitFor()
  await waits.getByRole('textbox', { name: 'Note' }).focus()
  await page.keyboard.type('read and good')
  await page.keyboard.press('Tab')
  await expect.poll(() => page.evaluate(() => document.activeElement?.textContent), SOON).toBe('Approve')
  await page.keyboard.press('Enter')
  await expect.poll(() => waits.count(), SOON).toBe(0)
  await expect.poll(() => page.evaluate(() => document.activeElement?.tagName), SOON).toBe('MAIN')
  expect(await itemOf('a1', 'release')).toMatchObject({ result: { approved: true, note: 'read and good' } })
  await page.getByRole('button', { name: /^post/ }).getByText('Waits for a worker').waitFor()
  await page.context().close()
})

it('an approval that somebody else answers leaves the page; one of many is rejected with its reason', async () => {
  await begin('offers', 'o1', [
    { to: 'Ada', sum: 12 },
    { to: 'Grace', sum: 14 },
    { to: 'Joan' },
    { to: 'Mary' },
    { to: 'Sofia' },
  ])
  const page = await hub.open('/runs/o1')
  await form(page, 'allow:1 waits for an approval').getByText('Ada').waitFor()
  await expect.poll(() => page.getByRole('article').count(), SOON).toBe(2)
  await page.getByRole('button', { name: '3 more wait for an answer' }).waitFor()
  await hub.client.api.runs.signal('o1', { step: 'allow', item: 'allow:1', approve: true })
  await expect.poll(() => form(page, 'allow:1 waits for an approval').count(), SOON).toBe(0)
  await form(page, 'allow:3 waits for an approval').waitFor()
  const second = form(page, 'allow:2 waits for an approval')
  await second.getByRole('textbox', { name: 'Note' }).fill('too dear')
  await second.getByRole('button', { name: 'Reject' }).click()
  await expect.poll(() => second.count(), SOON).toBe(0)
  await expect.poll(() => page.evaluate(() => document.activeElement?.ariaLabel), SOON).toBe('Waits for an answer')
  expect((await itemOf('o1', 'allow:2'))?.error?.message).toBe('rejected by dev: too dear')
  await page.context().close()
})

it('an answer that came too late says so, and is taken as read', async () => {
  await begin('offers', 'o2', ['one'])
  const page = await hub.open('/runs/o2')
  await page.route('**/signals', async (route) => {
    await hub.client.api.runs.signal('o2', { step: 'allow', item: 'allow:1', approve: true })
    await route.continue()
  })
  await form(page, 'allow:1 waits for an approval').getByRole('button', { name: 'Reject' }).click()
  const alert = page.getByRole('main').getByRole('alert')
  await alert.getByText('It was answered otherwise already').first().waitFor()
  await expect.poll(() => page.getByRole('article').count(), SOON).toBe(0)
  await alert.getByRole('button', { name: 'Close' }).click()
  await expect.poll(() => alert.count(), SOON).toBe(0)
  await page.context().close()
})

it('a signal takes JSON or nothing, and refuses what is neither', async () => {
  await hub.client.api.runs.start({ id: 's1', workflow: 'order' })
  const page = await hub.open('/runs/s1')
  const waits = form(page, 'paid waits for a signal')
  const data = waits.getByRole('textbox', { name: 'Data, as JSON' })
  await data.fill('{ "amount": ')
  const send = waits.getByRole('button', { name: 'Send the signal' })
  expect(await send.getAttribute('aria-disabled')).toBe('true')
  await data.fill('{ "amount": 12 }')
  await send.click()
  await expect.poll(() => waits.count(), SOON).toBe(0)
  expect(await itemOf('s1', 'paid')).toMatchObject({ result: { amount: 12 } })
  await page.context().close()
})

it('says what each step and item waits for: which limit, which steps, until when', async () => {
  await begin('waits', 'w1', ['a', 'b', 'c'])
  const page = await hub.open('/runs/w1')
  const step = (name: string) => page.getByRole('button', { name: new RegExp(`^${name} `) })
  await step('merge').getByText('Waits for ask').waitFor()
  const [lease, ...others] = await claim('waits')
  expect(others).toEqual([])
  await step('ask').getByText('Running').waitFor()
  await expect.poll(() => page.getByText('Waits for the limit').count(), SOON).toBe(0)
  const error = { code: 'http_503', message: 'busy' }
  await hub.store.work.settle([{ fence: lease?.fence ?? 0, kind: 'failed', error, retryable: true }])
  expect(await claim('waits')).toEqual([])
  await step('ask')
    .getByText(/Waits for the limit models · \d+\smin.* left/)
    .waitFor()
  // Once for the run, once for its step.
  await expect.poll(() => page.getByText('Waits for the limit models').count(), SOON).toBe(2)
  const row = page.getByRole('row').filter({ hasText: 'ask:1' })
  await row.getByText('Waits before the next attempt').waitFor()
  await row.getByText(/\d\smin.* left/).waitFor()
  await row.getByRole('button', { name: 'ask:1' }).click()
  await page.getByRole('dialog').getByText('Waits before the next attempt').waitFor()
  await page.context().close()
})

it('says since when a reporter is silent, and takes it back with its next word', async () => {
  await hub.client.api.runs.start({ id: 'h1', workflow: 'import', external: true, total: 3, heartbeatMs: 1000 })
  await hub.report('h1', [{ item: 'a', status: 'running' }])
  const page = await hub.open('/runs/h1')
  await page.getByText('Last sign of life').waitFor()
  const silent = page.getByText(/No report since .*, \d+\ss ago\. Is its reporter still running\?/)
  await silent.waitFor()
  await hub.report('h1', [{ item: 'a', status: 'completed' }])
  await expect.poll(() => silent.count(), SOON).toBe(0)
  await page.context().close()
})

it('counts what was skipped apart, and never shows it as done', async () => {
  await begin('skips', 'k1', ['a', 'b', 'c'])
  const [done, ...skipped] = (await claim('skips')).map(({ fence }) => fence)
  await hub.store.work.settle([
    { fence: done ?? 0, kind: 'completed', resultJson: '1' },
    ...skipped.map((fence) => ({ fence, kind: 'skipped' }) as const),
  ])
  const page = await hub.open('/runs/k1')
  await page.getByText('(2 skipped)').waitFor()
  await page.getByRole('button', { name: /^ask / }).getByText('2 skipped').waitFor()
  await page.getByRole('row').filter({ hasText: 'ask:2' }).getByText('Skipped').waitFor()
  const [merge] = await claim('skips')
  await hub.store.work.settle([{ fence: merge?.fence ?? 0, kind: 'completed', resultJson: '1' }])
  await page.getByText('Done: 3 items completed').waitFor()
  await page.context().close()
})

it.each([
  ['light', 1440, 'o1'],
  ['dark', 1440, 'w1'],
  ['dark', 390, 'o1'],
  ['light', 390, 'k1'],
] as const)('is accessible and fits: %s at %d, %s', async (colorScheme, width, id) => {
  const page = await hub.open(`/runs/${id}`, { colorScheme, viewport: { width, height: 900 } })
  await page.getByRole('table', { name: 'Items' }).waitFor()
  await expectGoodPage(page)
  const shots = process.env['SHOTS']
  if (shots !== undefined)
    await page.screenshot({ path: `${shots}/answers-${id}-${colorScheme}-${width}.png`, fullPage: true })
  await page.context().close()
})
