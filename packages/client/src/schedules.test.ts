import { startHub, type TestHub } from '@monofil/testkit'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createClient } from './create.ts'
import type { MonofilClient } from './types.ts'

let hub: TestHub
let client: MonofilClient
beforeAll(async () => {
  hub = await startHub()
  await hub.store.workflows.register([{ name: 'w', steps: [], inputSchemaJson: null, exclusive: false }])
  client = createClient({ url: hub.url })
})
afterAll(async () => {
  client.close()
  await hub.close()
})

it('makes, lists, changes, starts and removes schedules: each call is its route', async () => {
  const { schedules } = client.api
  const nightly = { id: 's1', workflow: 'w', cron: '@daily', timezone: 'Europe/Berlin', input: { n: 1 } }
  const preview = await schedules.create(nightly, { dryRun: true })
  await expect(schedules.get('s1')).rejects.toMatchObject({ code: 'not_found' })
  const made = await schedules.create(nightly)
  expect(made.upcoming).toEqual(preview.upcoming)
  expect(await schedules.get('s1')).toEqual(made)
  expect(await schedules.update('s1', { status: 'paused' })).toMatchObject({ status: 'paused', nextAt: null })
  await schedules.create({ id: 's2', workflow: 'w', at: '2999-01-01T00:00:00Z' })
  const ids = async (filter?: Parameters<typeof schedules.list>[0]) =>
    (await schedules.list(filter)).items.map(({ id }) => id)
  expect(await ids()).toEqual(['s2', 's1'])
  expect(await ids({ status: ['paused', 'ended'], workflow: 'w' })).toEqual(['s1'])
  expect(await ids({ limit: 1 })).toEqual(['s2'])
  expect(await schedules.run('s1', { id: 'now' })).toMatchObject({ id: 'now', tags: ['schedule:s1'] })
  expect(await schedules.run('s2')).toMatchObject({ tags: ['schedule:s2'] })
  await schedules.remove('s1')
  expect(await ids()).toEqual(['s2'])
  await expect(schedules.create({ workflow: 'w', cron: '0 0 31 2 *' })).rejects.toMatchObject({
    code: 'invalid_request',
    details: { field: 'cron' },
  })
})
