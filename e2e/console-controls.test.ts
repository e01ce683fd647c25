import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { StepPlan } from '@monofil/server'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type ConsoleHub, expectGoodPage, openConsole, SOON } from './console-hub.ts'

const plan = (name: string, options: Partial<StepPlan> = {}): StepPlan => ({
  ...{ name, each: null, after: [], weight: 1, concurrency: 2, attempts: 1, timeoutMs: 60_000 },
  backoff: { minMs: 0, maxMs: 0, factor: 1 },
  ...options,
})

let hub: ConsoleHub
beforeAll(async () => {
  hub = await openConsole()
  const steps = [plan('list'), plan('resize', { each: 'list' })]
  await hub.store.workflows.register([{ name: 'photos', steps, inputSchemaJson: null, exclusive: false }])
  // For the looks: one that is paused while two items run on, one that failed in part.
  await begin('looks-paused')
  await hub.client.api.runs.pause('looks-paused')
  await failed(...(await begin('looks-partial')))
  for (let i = 0; i < 2; i++) await done(...(await claim()).map(({ fence }) => fence))
})
afterAll(() => hub?.close())

const claim = (max = 2) =>
  hub.store.work.claim({ worker: 'w1', workflows: ['photos'], max, leaseMs: 600_000 }).then((leases) => leases)

/** A run of six items, two of which are at work; answers their fences. */
async function begin(id: string): Promise<readonly number[]> {
  await hub.client.api.runs.start({ id, workflow: 'photos' })
  const [list] = await claim(1)
  await hub.store.work.settle([{ fence: list?.fence ?? 0, kind: 'completed', resultJson: '[1,2,3,4,5,6]' }])
  return (await claim()).map(({ fence }) => fence)
}

const done = (...fences: number[]) =>
  hub.store.work.settle(fences.map((fence) => ({ fence, kind: 'completed', resultJson: '1' }) as const))

const failed = (...fences: number[]) =>
  hub.store.work.settle(
    fences.map((fence) => {
      const error = { code: 'broken_image', message: `the JPEG ends at byte ${fence}` }
      return { fence, kind: 'failed', error, retryable: false } as const
    }),
  )

const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).click()

const statusOf = async (id: string) => (await hub.client.api.runs.get(id)).status

it('pauses and resumes from the page, says what still runs, and stops that too when asked', async () => {
  const fences = await begin('p1')
  const page = await hub.open('/runs/p1')
  await press(page, 'Pause')
  await page.getByText('Paused: 2 items still at work end first').waitFor()
  expect(await statusOf('p1')).toBe('paused')
  await done(fences[0] ?? 0)
  await page.getByText('Paused: 1 item still at work ends first').waitFor()
  expect(await claim()).toEqual([])
  await press(page, 'Stop them now')
  await page.getByText('Paused: nothing is begun').waitFor()
  await expect.poll(() => page.getByText('still at work').count(), SOON).toBe(0)
  expect(await page.getByRole('button', { name: /^resize \d/ }).textContent()).toContain('Paused')
  expect(await done(fences[1] ?? 0)).toEqual([false])
  await press(page, 'Resume')
  await page.getByRole('button', { name: 'Pause' }).waitFor()
  await expect.poll(() => page.getByText('Paused: nothing is begun').count(), SOON).toBe(0)
  expect(await claim()).toHaveLength(2)
  await page.context().close()
})

it('cancels only after it was asked, with the count, and says how to go on', async () => {
  await begin('c1')
  const page = await hub.open('/runs/c1')
  await press(page, 'Cancel…')
  const dialog = page.getByRole('alertdialog')
  await dialog.getByText('6 items that are not done are cancelled, 2 of them at work now').waitFor()
  await dialog.getByRole('button', { name: 'Leave it' }).click()
  await expect.poll(() => dialog.count(), SOON).toBe(0)
  expect(await statusOf('c1')).toBe('running')
  await press(page, 'Cancel…')
  await dialog.getByRole('button', { name: 'Cancel 6 items' }).click()
  await page.getByRole('button', { name: 'Go on with 6 items' }).waitFor()
  expect(await statusOf('c1')).toBe('cancelled')
  await press(page, 'Go on with 6 items')
  await page.getByText('round 2').waitFor()
  await page.getByRole('button', { name: 'Pause' }).waitFor()
  await hub.client.api.runs.cancel('c1')
  await page.context().close()
})

it('retries what failed, all of it or one cause, in the same run', async () => {
  const first = await begin('r1')
  await failed(...first)
  await done(...(await claim()).map(({ fence }) => fence))
  await done(...(await claim()).map(({ fence }) => fence))
  const page = await hub.open('/runs/r1')
  await page.getByText('Done, but 2 items failed').waitFor()
  await press(page, 'Show what failed')
  await page.getByRole('button', { name: 'Retry these 2' }).waitFor()
  await press(page, 'Retry 2 failed')
  await page.getByText('round 2').waitFor()
  const again = await claim()
  expect(again.map(({ itemId }) => itemId)).toEqual(['resize:1', 'resize:2'])
  await failed(again[0]?.fence ?? 0)
  await done(again[1]?.fence ?? 0)
  await press(page, 'Retry this one')
  await page.getByText('round 3').waitFor()
  await done(...(await claim()).map(({ fence }) => fence))
  await page.getByText('Done: 7 items completed').waitFor()
  await expect.poll(() => page.getByRole('button', { name: /Retry/ }).count(), SOON).toBe(0)
  await press(page, 'Run again')
  await page.waitForURL((url) => !url.pathname.endsWith('/r1'))
  await page.getByText('Run again from').waitFor()
  const made = new URL(page.url()).pathname.split('/').at(-1) ?? ''
  expect(await hub.client.api.runs.get(made)).toMatchObject({ parentId: 'r1', status: 'queued' })
  await hub.client.api.runs.cancel(made)
  await page.context().close()
})

it('follows controls from outside', async () => {
  await begin('o1')
  const page = await hub.open('/runs/o1')
  await page.getByRole('button', { name: 'Pause' }).waitFor()
  await hub.client.api.runs.pause('o1', { hard: true })
  await page.getByRole('button', { name: 'Resume' }).waitFor()
  await hub.client.api.runs.resume('o1')
  await page.getByRole('button', { name: 'Pause' }).waitFor()
  await hub.client.api.runs.cancel('o1')
  await page.getByRole('button', { name: 'Go on with 6 items' }).waitFor()
  await hub.client.api.runs.retry('o1', { items: ['resize:3'] })
  await page.getByText('round 2').waitFor()
  await hub.client.api.runs.cancel('o1')
  await page.context().close()
})

it('shows what a reporter was asked, ends its run by force, and says why a retry is not for it', async () => {
  await hub.startRun({ id: 'e1', workflow: 'import', total: 4 })
  await hub.report('e1', [{ item: 'a', status: 'running' }])
  const page = await hub.open('/runs/e1')
  await press(page, 'Pause')
  await page.getByText('Asked to pause; its reporter has not said that it did').waitFor()
  await hub.report('e1', [{ status: 'paused' }])
  await page.getByText('Paused: nothing is begun').waitFor()
  await press(page, 'Cancel…')
  await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel 4 items' }).click()
  await page.getByText('Asked to cancel; its reporter has not said that it did').waitFor()
  await press(page, 'End it here')
  await page.getByRole('alertdialog').getByRole('button', { name: 'End it here' }).click()
  const retry = page.getByRole('button', { name: 'Retry' })
  await retry.waitFor()
  expect(await retry.getAttribute('aria-disabled')).toBe('true')
  expect(await retry.getAttribute('title')).toContain('Run again')
  await page.context().close()
})

/** A run of six items that is over: two failed, or as `ends` says of each of its three pairs. */
async function over(id: string, ends: readonly (typeof done)[] = [failed, done, done]): Promise<void> {
  let pair = await begin(id)
  for (const end of ends) {
    await end(...pair)
    pair = (await claim()).map(({ fence }) => fence)
  }
}

it('does one item again from its details, and says why not where that is so', async () => {
  await begin('i1')
  const page = await hub.open('/runs/i1?item=resize/resize:1')
  const again = page.getByRole('dialog').getByRole('button', { name: 'Do this item again' })
  expect(await again.getAttribute('title')).toBe('Items can be done again once the run is over')
  await hub.client.api.runs.cancel('i1')
  await expect.poll(() => again.getAttribute('aria-disabled'), SOON).toBe(null)
  await again.click()
  await page.getByText('round 2').waitFor()
  expect(await again.getAttribute('aria-disabled')).toBe('true')
  expect((await claim()).map(({ itemId }) => itemId)).toEqual(['resize:1'])
  await hub.client.api.runs.cancel('i1')
  await page.context().close()
  await hub.startRun({ id: 'i2', workflow: 'import' })
  await hub.report('i2', [{ item: 'a', status: 'completed' }, { status: 'completed' }])
  const other = await hub.open('/runs/i2?item=main/a')
  const reported = other.getByRole('dialog').getByRole('button', { name: 'Do this item again' })
  expect(await reported.getAttribute('title')).toContain('its reporter')
  await other.context().close()
})

it('does chosen items again, completed ones too, by mouse and by keyboard', async () => {
  await over('m1', [done, done, done])
  const page = await hub.open('/runs/m1')
  const box = (name: string) => page.getByRole('checkbox', { name, exact: true })
  await box('Choose resize:2').focus()
  await page.keyboard.press('Space')
  await page.getByRole('button', { name: 'Retry 1 chosen' }).waitFor()
  await box('Choose resize:5').click({ modifiers: ['Shift'] })
  const retry = page.getByRole('button', { name: 'Retry 4 chosen' })
  await retry.waitFor()
  await expect.poll(() => page.getByRole('dialog').count(), SOON).toBe(0)
  const all = box('Choose all that are shown')
  expect(await all.evaluate((one: HTMLInputElement) => [one.checked, one.indeterminate])).toEqual([false, true])
  await all.click()
  await page.getByRole('button', { name: 'Retry 7 chosen' }).waitFor()
  await page.getByRole('button', { name: 'Choose none' }).click()
  await expect.poll(() => page.getByRole('checkbox', { checked: true }).count(), SOON).toBe(0)
  await box('Choose resize:3').click()
  await box('Choose resize:6').click()
  await page.getByRole('button', { name: 'Retry 2 chosen' }).click()
  await page.getByText('round 2').waitFor()
  await expect.poll(() => page.getByRole('checkbox').count(), SOON).toBe(0)
  const again = await claim(9)
  expect(again.map(({ itemId }) => itemId)).toEqual(['resize:3', 'resize:6'])
  await done(...again.map(({ fence }) => fence))
  await page.getByText('Done: 7 items completed').waitFor()
  await page.context().close()
})

/** The page's controls by their names in RUN_STATES.md. */
const LABELS = { pause: /^Pause/, resume: /^Resume/, cancel: /^Cancel/, retry: /^(Retry|Go on)/, rerun: /^Run again/ }

/** What each state's row under "Controls" says, without what changes nothing. */
async function allowedByState(): Promise<[string, string[]][]> {
  const text = await readFile(join(import.meta.dirname, '../docs/RUN_STATES.md'), 'utf8')
  const [head = '', , ...rows] =
    text
      .slice(text.indexOf('\n## Controls'))
      .match(/^\|.*\|$/gm)
      ?.slice(0, 9) ?? []
  const cells = (line: string) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', ''))
  const [, ...names] = cells(head)
  return rows.map((row) => {
    const [state = '', ...ends] = cells(row)
    return [state, names.filter((_, at) => ends[at] !== '–' && ends[at] !== state)]
  })
}

it('shows in every state the controls that RUN_STATES.md has for it', async () => {
  const make: Record<string, (id: string) => Promise<unknown>> = {
    queued: (id) => hub.client.api.runs.start({ id, workflow: 'photos' }),
    running: begin,
    paused: async (id) => begin(id).then(() => hub.client.api.runs.pause(id, { hard: true })),
    completed: (id) => over(id, [done, done, done]),
    partial: (id) => over(id),
    failed: (id) => over(id, [failed, failed, failed]),
    cancelled: async (id) => begin(id).then(() => hub.client.api.runs.cancel(id)),
  }
  const table = await allowedByState()
  expect(table.map(([state]) => state)).toEqual(Object.keys(make))
  const page = await hub.open('/')
  for (const [state, allowed] of table) {
    const id = `state-${state}`
    await make[state]?.(id)
    expect(await statusOf(id)).toBe(state)
    await page.goto(`${hub.url}/console/runs/${id}`)
    const buttons = page.getByRole('group', { name: 'Controls' }).getByRole('button')
    await buttons.first().waitFor()
    const shown = await buttons.evaluateAll((all) => all.map((one) => [one.textContent, one.ariaDisabled] as const))
    const usable = shown.flatMap(([text, disabled]) =>
      disabled === 'true'
        ? []
        : Object.entries(LABELS).flatMap(([name, label]) => (label.test(text ?? '') ? name : [])),
    )
    expect([state, usable.toSorted()]).toEqual([state, allowed.toSorted()])
    if (allowed.includes('cancel')) await hub.client.api.runs.cancel(id)
  }
  await page.context().close()
})

it('says what the hub refused', async () => {
  await begin('x1')
  const page = await hub.open('/runs/x1')
  await page.route('**/pause', (route) =>
    route.fulfill({ status: 403, json: { code: 'forbidden', detail: 'Not yours.' } }),
  )
  await press(page, 'Pause')
  await page.getByRole('alert').getByText('Not yours.').first().waitFor()
  expect(await page.getByRole('button', { name: 'Pause' }).getAttribute('title')).toBe(
    'Only its owner and admins may do this',
  )
  await page.context().close()
})

it.each([
  ['light', 1440, 'looks-paused'],
  ['dark', 1440, 'looks-partial?tab=failures'],
  ['light', 390, 'looks-paused'],
  ['dark', 390, 'looks-partial?tab=failures'],
  ['dark', 390, 'e1'],
] as const)('is accessible and fits: %s at %d, %s', async (colorScheme, width, id) => {
  const page = await hub.open(`/runs/${id}`, { colorScheme, viewport: { width, height: 844 } })
  await page.getByRole('group', { name: 'Controls' }).waitFor()
  await expectGoodPage(page)
  const shots = process.env['SHOTS']
  if (shots !== undefined) await page.screenshot({ path: `${shots}/${id.split('?')[0]}-${colorScheme}-${width}.png` })
  await page.context().close()
})
