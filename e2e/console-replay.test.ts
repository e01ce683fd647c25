import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type ConsoleHub, countCalls, expectGoodPage, itemsDone, openConsole, SOON } from './console-hub.ts'

let hub: ConsoleHub
beforeAll(async () => {
  hub = await openConsole()
  await hub.startRun({ id: 'story', total: 6 })
  await hub.report('story', itemsDone(0, 3))
  await hub.report('story', [{ log: 'halfway' }])
  await hub.report('story', itemsDone(3, 5, 'failed'))
  await hub.report('story', [{ status: 'paused' }])
  await hub.report('story', [{ status: 'running' }, { log: 'the last line' }])
  await hub.report('story', [...itemsDone(5, 6), { status: 'completed' }])
})
afterAll(() => hub?.close())

/** Offsets of the run's events of one type. */
async function offsetsOf(type: string): Promise<readonly number[]> {
  const { items } = await hub.client.api.topicEvents('run:story', { after: '0', limit: 200 })
  return items.filter((event) => event.type === type).map(({ offset }) => offset ?? 0)
}
const slider = (page: Page) => page.getByRole('slider', { name: 'Time in the run' })
const rows = (page: Page) => page.getByRole('table', { name: 'Items' }).getAttribute('aria-rowcount')

it('opens exactly at the moment of a link, and says that it is the past', async () => {
  const [first = 0] = await offsetsOf('item')
  const page = await hub.open(`/runs/story?at=${first}`)
  await page.getByText('This is the past').waitFor()
  await page.getByText('3 of 6').first().waitFor()
  await expect.poll(() => rows(page), SOON).toBe('4')
  expect(await page.getByRole('button', { name: 'Retry' }).count()).toBe(0)
  expect(await page.title()).toBe('Replay photos · Monofil')
  await page.getByRole('button', { name: 'item-1' }).click()
  await page.getByRole('dialog', { name: 'item-1' }).getByText('"sharpness"').waitFor()
  await page.context().close()
})

it('goes to and fro by keys, marks and events, and asks the hub for nothing meanwhile', async () => {
  const page = await hub.open('/runs/story')
  await page.getByText('Done, but 2 items failed').waitFor()
  await page.getByRole('button', { name: 'Replay' }).click()
  await page.getByText('0 of 6').first().waitFor()
  const calls = countCalls(page)
  await page.getByRole('button', { name: '2 failures' }).click()
  await page.getByText('5 of 6').first().waitFor()
  await page.getByRole('button', { name: 'Paused' }).click()
  await expect.poll(() => page.locator('.replay-head .status-badge').textContent(), SOON).toContain('Paused')
  await page.getByRole('tab', { name: 'Logs' }).click()
  await page.getByRole('log').getByText('halfway').waitFor()
  expect(await page.getByRole('log').getByText('the last line').count()).toBe(0)
  await slider(page).press('End')
  await page.getByText('Done, but 2 items failed').waitFor()
  await page.getByRole('log').getByText('the last line').waitFor()
  await slider(page).press('Home')
  await slider(page).press(',')
  await expect.poll(() => page.locator('.replay-head .status-badge').textContent(), SOON).toContain('Queued')
  await slider(page).press('.')
  await slider(page).press(' ')
  await page.getByText('Done, but 2 items failed').waitFor()
  const [end = 0] = await offsetsOf('complete')
  await expect.poll(() => new URL(page.url()).searchParams.get('at'), SOON).toBe(String(end))
  expect(calls).toEqual([])
  await page.getByRole('button', { name: 'Leave the replay' }).click()
  await page.getByRole('button', { name: 'Run again' }).waitFor()
  expect(new URL(page.url()).searchParams.has('at')).toBe(false)
  await page.context().close()
})

it('agrees with what was true then, at every event', async () => {
  const page = await hub.open('/runs/story?at=0')
  const { items } = await hub.client.api.topicEvents('run:story', { after: '0', limit: 200 })
  const done = new Map<string, string>()
  for (const { type, data } of items) {
    await page.getByRole('button', { name: 'One event forward' }).click()
    if (type !== 'item') continue
    for (const { id, status } of data as { id: string; status: string }[]) done.set(id, status)
    const over = [...done.values()].filter((status) => status === 'completed' || status === 'failed').length
    await page.getByText(`${over} of 6`).first().waitFor()
  }
  expect(done.size).toBe(6)
  await page.context().close()
})

it('goes on with a run that is not over yet, up to where it is', async () => {
  await hub.startRun({ id: 'live', total: 4 })
  await hub.report('live', itemsDone(0, 1))
  const page = await hub.open('/runs/live?at=99')
  await page.getByText('1 of 4').first().waitFor()
  await hub.report('live', itemsDone(1, 2))
  await page.getByRole('button', { name: 'Read on' }).click()
  await slider(page).press('End')
  await page.getByText('2 of 4').first().waitFor()
  await page.getByRole('button', { name: 'Back to live' }).click()
  await hub.report('live', itemsDone(2, 3))
  await page.getByText('3 of 4').first().waitFor()
  await page.context().close()
})

it('says what the log does not hold any more', async () => {
  await hub.startRun({ id: 'cut' })
  for (let n = 0; n < 30; n += 1) await hub.report('cut', [{ item: `i${n}`, status: 'completed', log: `line ${n}` }])
  await hub.store.runs.trim({ maxAgeMs: null, maxCount: null, maxLogLines: 5 })
  await expect
    .poll(async () => (await hub.client.api.topicEvents('run:cut', { after: '0' })).oldestOffset, SOON)
    .toBeGreaterThan(1)
  const page = await hub.open('/runs/cut?at=0')
  await page.getByText('oldest events are gone from the log').waitFor()
  await page.getByRole('button', { name: 'To the end' }).click()
  await expect.poll(() => rows(page), SOON).toBe('31')
  await page.context().close()
})

it('opens a bundle without a hub, and says in words what is wrong with another file', async () => {
  const bundle = Buffer.from(await (await fetch(`${hub.url}/v1/runs/story/bundle`)).arrayBuffer())
  const page = await hub.open('/bundle')
  await page.getByRole('heading', { name: 'Open a run bundle' }).waitFor()
  await hub.stop()
  const choose = (name: string, buffer: Buffer) =>
    page.locator('input[type=file]').setInputFiles({ name, mimeType: 'application/gzip', buffer })
  await choose('photo.gz', Buffer.from('not one'))
  await page.getByText('It is no run bundle').first().waitFor()
  await choose('half.gz', bundle.subarray(0, bundle.length - 40))
  await page.getByText('It ends too early').first().waitFor()
  await choose('story.monofil-run.json.gz', bundle)
  await page.getByText('From the file story.monofil-run.json.gz').waitFor()
  await page.getByText('Done, but 2 items failed').waitFor()
  await page.getByRole('button', { name: 'To the start' }).click()
  await page.getByRole('button', { name: '2 failures' }).click()
  await page.getByText('5 of 6').first().waitFor()
  await page.getByRole('tab', { name: 'Failures' }).click()
  await page.getByText('the JPEG ends at byte <n>').waitFor()
  await hub.resume()
  await page.context().close()
})

it.each([
  ['dark', 1440],
  ['light', 390],
] as const)('is accessible and fits: %s at %d', async (colorScheme, width) => {
  const page = await hub.open('/runs/story?at=5', { colorScheme, viewport: { width, height: 844 } })
  await page.getByText('This is the past').waitFor()
  await expectGoodPage(page)
  await page.context().close()
})
