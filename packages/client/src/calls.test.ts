import { startHub, type TestHub } from '@monofil/testkit'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createClient } from './create.ts'
import type { MonofilClient } from './types.ts'

let hub: TestHub
let client: MonofilClient
beforeAll(async () => {
  hub = await startHub()
  const backoff = { minMs: 0, maxMs: 0, factor: 1 }
  const step = { name: 'only', each: null, after: [], weight: 1, concurrency: 1, attempts: 1, backoff, timeoutMs: 1000 }
  await hub.store.workflows.register([{ name: 'w', steps: [step], inputSchemaJson: null, exclusive: false }])
  client = createClient({ url: hub.url })
})
afterAll(async () => {
  client.close()
  await hub.close()
})

it('controls a run: each call is its route, with what it was given', async () => {
  const { runs } = client.api
  await runs.start({ id: 'r1', workflow: 'w' })
  const [lease] = await hub.store.work.claim({ worker: 'w1', workflows: ['w'], max: 1, leaseMs: 60_000 })
  expect(await runs.pause('r1')).toMatchObject({ status: 'paused', counts: { running: 1 } })
  expect(await runs.pause('r1', { hard: true })).toMatchObject({ status: 'paused', counts: { running: 0 } })
  expect(await hub.store.work.renew('w1', [lease?.fence ?? 0], 1000)).toHaveLength(1)
  expect(await runs.resume('r1')).toMatchObject({ status: 'running' })
  expect(await runs.cancel('r1')).toMatchObject({ status: 'cancelled' })
  await expect(runs.retry('r1', { items: ['other'] })).rejects.toMatchObject({ code: 'invalid_request' })
  expect(await runs.retry('r1', { items: ['only'] })).toMatchObject({ status: 'queued', round: 2 })
  await expect(runs.rerun('r1')).rejects.toMatchObject({ code: 'invalid_state', details: { state: 'queued' } })
  await runs.cancel('r1')
  expect(await runs.rerun('r1', { id: 'r2' })).toMatchObject({ id: 'r2', parentId: 'r1' })
  await runs.start({ id: 'e1', workflow: 'elsewhere', external: true })
  expect(await runs.cancel('e1')).toMatchObject({ status: 'queued', wanted: 'cancel' })
  expect(await runs.cancel('e1', { force: true })).toMatchObject({ status: 'cancelled' })
})

it('controls many by a filter, counted first', async () => {
  const { runs } = client.api
  for (const id of ['m1', 'm2', 'm3']) await runs.start({ id, workflow: 'w', tags: ['many'] })
  await runs.cancel('m3')
  const request = { action: 'pause', filter: { tag: 'many' } } as const
  const nothing = { failed: [], nextCursor: null }
  expect(await runs.controlMany({ ...request, dryRun: true })).toEqual({ matched: 2, done: 0, ...nothing })
  expect(await runs.controlMany(request)).toEqual({ matched: 2, done: 2, ...nothing })
  expect(await runs.get('m1')).toMatchObject({ status: 'paused' })
  const both = { tag: 'many', status: ['paused', 'cancelled'], since: '2020-01-01T00:00:00Z' } as const
  expect(await runs.controlMany({ action: 'cancel', filter: both })).toMatchObject({ matched: 2, done: 2 })
  await expect(runs.controlMany({ action: 'cancel', filter: {} })).rejects.toMatchObject({
    code: 'invalid_request',
    details: { field: 'filter' },
  })
})
