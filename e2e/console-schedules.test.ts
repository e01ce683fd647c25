import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { type ConsoleHub, expectGoodPage, openConsole, SOON } from './console-hub.ts'

let hub: ConsoleHub

beforeAll(async () => {
  hub = await openConsole()
  const schema = { type: 'object', properties: { n: { type: 'number' } } }
  await hub.store.workflows.register([
    { name: 'count', steps: [], inputSchemaJson: JSON.stringify(schema), exclusive: false },
    { name: 'gone', steps: [], inputSchemaJson: null, exclusive: false },
  ])
})

afterEach(async () => {
  const { items } = await hub.client.api.schedules.list({ limit: 200 })
  for (const { id } of items) await hub.client.api.schedules.remove(id)
})

afterAll(() => hub?.close())

const nightly = { id: 'nightly', workflow: 'count', cron: '30 2 * * *', timezone: 'Europe/Berlin', input: { n: 1 } }
const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString()

it('shows a tick that fires while one looks, and leads to its run', async () => {
  const { schedules } = hub.client.api
  await schedules.create(nightly)
  const page = await hub.open('/runs')
  await page.getByRole('link', { name: 'Schedules' }).click()
  const row = page.getByRole('row').filter({ hasText: 'nightly' })
  await row.getByText('none yet').waitFor()
  await row.getByText(/02:30/).waitFor()
  // From outside, and announced to nobody but by its run.
  await schedules.update('nightly', { at: inSeconds(1) })
  await row.getByText('Ended').waitFor(SOON)
  await row.getByText('Once').waitFor()
  await row.getByRole('link').click()
  await page.getByRole('heading', { name: 'count' }).waitFor()
  expect(page.url()).toContain('/console/runs/nightly.')
  await page.context().close()
})

it('says why a tick started no run', async () => {
  const { schedules } = hub.client.api
  await schedules.create({ ...nightly, id: 'refused' })
  const page = await hub.open('/schedules')
  const row = page.getByRole('row').filter({ hasText: 'refused' })
  await row.getByText('none yet').waitFor()
  const strict = JSON.stringify({ type: 'object', properties: { n: { type: 'string' } } })
  await hub.store.workflows.register([{ name: 'count', steps: [], inputSchemaJson: strict, exclusive: false }])
  await schedules.update('refused', { cron: '* * * * * *' })
  // The page knows of no run: it reads again when the reader does something, and then after the next tick.
  await page.reload()
  await row.getByText(/No run .*n: /).waitFor(SOON)
  await hub.store.workflows.register([
    { name: 'count', steps: [], inputSchemaJson: '{"type":"object"}', exclusive: false },
  ])
  await expect.poll(() => row.getByText(/No run/).count(), SOON).toBe(0)
  await row.getByRole('link').waitFor()
  await page.context().close()
})

it('pauses, resumes, runs now and deletes after asking once', async () => {
  await hub.client.api.schedules.create(nightly)
  const get = () => hub.client.api.schedules.get('nightly')
  const page = await hub.open('/schedules')
  const row = page.getByRole('row').filter({ hasText: 'nightly' })
  await row.getByRole('button', { name: 'Pause nightly' }).click()
  await row.getByText('Paused').waitFor()
  expect((await get()).status).toBe('paused')
  await row.getByRole('button', { name: 'Resume nightly' }).click()
  await row.getByText(/02:30/).waitFor()
  await row.getByRole('button', { name: 'Run now nightly' }).click()
  await page.getByRole('status').getByRole('link', { name: 'Show the run' }).waitFor()
  await expect.poll(() => row.getByRole('link').count(), SOON).toBe(1)
  expect((await get()).lastRunId).not.toBeNull()
  await row.getByRole('button', { name: 'Delete nightly' }).click()
  const question = page.getByRole('alertdialog')
  await question.getByRole('button', { name: 'Keep it' }).click()
  await expect.poll(() => question.count(), SOON).toBe(0)
  expect((await get()).status).toBe('active')
  await row.getByRole('button', { name: 'Delete nightly' }).click()
  await question.getByRole('button', { name: 'Delete 1 schedule' }).click()
  await page.getByText('No schedules yet').waitFor()
  await expect(get()).rejects.toMatchObject({ code: 'not_found' })
  await page.context().close()
})

it('makes one by the form: the hub says the next times, and what is wrong where it is', async () => {
  const page = await hub.open('/schedules')
  await page.getByText('No schedules yet').waitFor()
  await page.getByRole('button', { name: 'New schedule' }).click()
  const form = page.getByRole('dialog', { name: 'New schedule' })
  const create = form.getByRole('button', { name: 'Create the schedule' })
  expect(await create.isDisabled()).toBe(true)
  await form.getByLabel('Workflow').selectOption('count')
  await form.getByLabel('Time zone').fill('Europe/Berlin')
  await form.getByLabel('Cron').fill('0 0 31 2 *')
  await form.getByText(/never comes/).waitFor()
  expect(await create.isDisabled()).toBe(true)
  await form.getByLabel('Cron').fill('30 2 * * 1')
  await expect.poll(() => form.getByText(/^Mon.*02:30$/).count(), SOON).toBe(5)
  await form.getByLabel('Input, as JSON').fill('{')
  await form.getByText('This is not JSON').waitFor()
  await form.getByLabel('Input, as JSON').fill('[]')
  await form.getByText(/expected object/i).waitFor()
  await form.getByLabel('Input, as JSON').fill('{"n":7}')
  await form.getByLabel('Name').fill('weekly')
  await expect.poll(() => create.isDisabled(), SOON).toBe(false)
  await expectGoodPage(page)
  await create.click()
  await page.getByRole('row').filter({ hasText: 'weekly' }).waitFor()
  expect(await hub.client.api.schedules.get('weekly')).toMatchObject({
    cron: '30 2 * * 1',
    timezone: 'Europe/Berlin',
    input: { n: 7 },
  })
  // Once, by the keyboard.
  await page.getByRole('button', { name: 'New schedule' }).press('Enter')
  await form.getByLabel('Workflow').selectOption('count')
  await form.getByLabel('Name').fill('once')
  await form.getByLabel('Once').check()
  await form.getByLabel('Date and time').fill('2998-12-24T18:00')
  await expect.poll(() => create.isDisabled(), SOON).toBe(false)
  await form.getByLabel('Date and time').press('Enter')
  await page.getByRole('row').filter({ hasText: 'once' }).waitFor()
  await page.context().close()
})

it('says what failed, keeps what was known, and tries again when asked', async () => {
  await hub.client.api.schedules.create(nightly)
  const page = await hub.open('/schedules')
  const row = page.getByRole('row').filter({ hasText: 'nightly' })
  await row.waitFor()
  const body = JSON.stringify({ status: 503, code: 'store_unavailable', detail: 'The store cannot be reached.' })
  const refuse = { status: 503, contentType: 'application/problem+json', body }
  await page.route('**/v1/schedules**', (route) => route.fulfill(refuse))
  await row.getByRole('button', { name: 'Pause nightly' }).click()
  await page.getByRole('alert').filter({ hasText: 'The hub refused this' }).waitFor()
  await row.waitFor()
  await page.unroute('**/v1/schedules**')
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect.poll(() => page.getByRole('main').getByRole('alert').count(), SOON).toBe(1)
  await row.getByRole('button', { name: 'Pause nightly' }).click()
  await row.getByText('Paused').waitFor()
  expect(await page.getByRole('main').getByRole('alert').count()).toBe(0)
  await page.context().close()
})

it.each([
  ['dark', 1440],
  ['light', 768],
  ['light', 390],
] as const)('is accessible and fits: %s at %d', async (colorScheme, width) => {
  const { schedules } = hub.client.api
  await schedules.create(nightly)
  await schedules.create({
    ...nightly,
    id: 'a-name-that-is-rather-long-for-a-narrow-screen',
    cron: '*/10 8-18 * * MON-FRI',
  })
  await schedules.update('nightly', { status: 'paused' })
  await schedules.run('nightly')
  const page = await hub.open('/schedules', { colorScheme, viewport: { width, height: 844 } })
  await page.getByText('Paused').waitFor()
  await expectGoodPage(page)
  await page.getByRole('button', { name: 'New schedule' }).click()
  await page.getByRole('dialog').getByText('Next times').waitFor()
  await expectGoodPage(page)
  await page.context().close()
})
