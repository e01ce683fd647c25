import { afterAll, beforeAll, expect, it } from 'vitest'
import { type ConsoleHub, countCalls, expectGoodPage, itemsDone, openConsole, SOON } from './console-hub.ts'

let hub: ConsoleHub
beforeAll(async () => {
  hub = await openConsole()
})
afterAll(() => hub?.close())

async function fail(id: string, from: number, to: number): Promise<void> {
  for (let at = from; at < to; at += 500) await hub.report(id, itemsDone(at, Math.min(to, at + 500), 'failed'))
}

it('groups few failures itself, asks the hub for those of many, and again when the run has news', async () => {
  const id = `many-${Date.now()}`
  await hub.startRun({ id, total: 3000 })
  await fail(id, 0, 1900)
  const page = await hub.open(`/runs/${id}?tab=failures`)
  const rows = page.locator('.failure-list li')
  await rows.getByText('1,900 items').waitFor()
  const calls = countCalls(page)
  await fail(id, 1900, 2000)
  await rows.getByText('2,000 items').waitFor()
  expect(calls).toEqual([])
  await fail(id, 2000, 2400)
  await rows.getByText('2,400 items').waitFor()
  // The items may be there before the run says how many failed: the page groups them itself for that moment.
  await expect.poll(() => [...new Set(calls)], SOON).toEqual([`GET /v1/runs/${id}/failures`])
  await hub.report(id, [{ item: 'late', status: 'failed', error: { code: 'quota', message: 'quota exhausted' } }])
  await rows.getByText('quota exhausted').waitFor()
  expect(await rows.locator('p:first-child').allTextContents()).toEqual([
    'the JPEG ends at byte <n>',
    'quota exhausted',
  ])
  await expectGoodPage(page)
  // What one cause hit is in the table; a lone item is open beside it.
  await rows.getByRole('button', { name: 'Show this item' }).click()
  await page.getByRole('dialog', { name: 'late' }).waitFor()
  expect(new URL(page.url()).searchParams.get('status')).toBe('failed')
  await page.context().close()
})

it('says when the hub cannot be asked, and asks again', async () => {
  await hub.startRun({ id: 'refused', total: 3000 })
  await fail('refused', 0, 2100)
  const page = await hub.open('/runs/refused?tab=graph')
  const error = { code: 'store_unavailable', message: 'the store is away', retryable: false, details: {} }
  await page.route('**/refused/failures?*', (route) => route.fulfill({ status: 503, json: { error } }))
  await page.getByRole('tab', { name: 'Failures' }).click()
  await page.getByRole('main').getByRole('alert').waitFor()
  await page.unroute('**/refused/failures?*')
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByText('2,100 items').waitFor()
  await page.context().close()
})

it('groups many failures of a moment that is past without the hub', async () => {
  await hub.startRun({ id: 'past', total: 3000 })
  await fail('past', 0, 2500)
  const page = await hub.open('/runs/past?tab=failures&at=0')
  await page.getByText('Nothing has failed').waitFor()
  const calls = countCalls(page)
  await page.getByRole('slider').press('End')
  await page.locator('.failure-list').getByText('2,500 items').waitFor()
  expect(calls).toEqual([])
  await page.context().close()
})

it('retries all failures of one cause, more than one list of items could hold, and shows the few that are left', async () => {
  const { store } = hub
  const plan = (name: string, each: string | null) => {
    const backoff = { minMs: 0, maxMs: 0, factor: 1 }
    return { name, each, after: [], weight: 1, concurrency: 5000, attempts: 1, backoff, timeoutMs: 60_000 }
  }
  await store.runs.create({
    id: 'causes',
    workflow: 'night',
    external: false,
    exclusive: false,
    steps: [plan('list', null), plan('read', 'list')],
    totals: {},
    heartbeatMs: null,
    inputJson: 'null',
    bodyJson: '{}',
    tags: [],
    owner: 'dev',
    roles: [],
    key: null,
    budgetJson: null,
    parentId: null,
  })
  for (;;) {
    const leases = await store.work.claim({ worker: 'w', workflows: ['night'], max: 1000, leaseMs: 60_000 })
    if (leases.length === 0) break
    await store.work.settle(
      leases.map(({ fence, step, index }) => {
        if (step === 'list') {
          return { fence, kind: 'completed', resultJson: JSON.stringify(Array.from({ length: 2600 }, (_, n) => n)) }
        }
        const message = index <= 2550 ? `cannot read /in/${index}.png` : 'quota exhausted'
        return { fence, kind: 'failed', error: { code: 'io', message }, retryable: false }
      }),
    )
  }
  const page = await hub.open('/runs/causes?tab=failures')
  await page.getByText('cannot read <path>').waitFor()
  await page.getByRole('button', { name: 'Retry these 2,550' }).click()
  await expect
    .poll(async () => (await hub.client.api.runs.get('causes')).counts, SOON)
    .toMatchObject({
      queued: 2550,
      failed: 50,
    })
  await expect.poll(() => page.getByText('cannot read <path>').count(), SOON).toBe(0)
  await page.getByText('quota exhausted').waitFor()
  await page.context().close()
})
