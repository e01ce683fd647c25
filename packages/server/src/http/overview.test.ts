import type { Overview, Throughput } from '@monofil/protocol'
import { startHub, type TestHub } from '@monofil/testkit'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

let hub: TestHub
beforeEach(async () => {
  hub = await startHub()
})
afterEach(() => hub.close())

const get = async <T>(path: string): Promise<T> => (await hub.call<T>('GET', path)).body
const begin = (id: string) => hub.call('POST', '/v1/runs', { id, workflow: 'import', external: true, total: 4 })
const report = (id: string, ...reports: object[]) =>
  hub.call('POST', `/v1/runs/${id}/reports`, { reports: reports.map((one, n) => ({ id: `${n}`, ...one })) })

describe('throughput', () => {
  test('of a run that has not begun is nothing, then what ended, in as many buckets as were asked for', async () => {
    await begin('r')
    expect(await get<Throughput>('/v1/runs/r/throughput')).toMatchObject({ buckets: 0, steps: [] })
    await report(
      'r',
      { item: 'a', status: 'completed' },
      { item: 'b', status: 'failed' },
      { item: 'c', status: 'running' },
    )
    const answer = await get<Throughput>('/v1/runs/r/throughput?buckets=1')
    expect(answer).toMatchObject({ buckets: 1, steps: [{ step: 'main', completed: [1], failed: [1] }] })
    expect(Date.parse(answer.from) % answer.bucketMs).toBe(0)
  })

  test.each(['0', '241', '1.5', 'x', '-1'])('refuses buckets=%s', async (buckets) => {
    await begin('r')
    const { status, body } = await hub.call<{ field: string }>('GET', `/v1/runs/r/throughput?buckets=${buckets}`)
    expect([status, body.field]).toEqual([400, 'buckets'])
  })
})

describe('overview', () => {
  test('counts what runs, what is to be done, what failed and who is connected', async () => {
    expect(await get<Overview>('/v1/overview')).toMatchObject({
      ...{ runs: { queued: 0, running: 0, paused: 0 }, active: [], queues: [], connections: 0 },
      failed: { count: 0, runs: [] },
    })
    await begin('open')
    await begin('over')
    await report('open', { item: 'a', status: 'running' })
    await report('over', { item: 'a', status: 'failed', error: 'no' }, { status: 'failed' })
    await hub.open([], 'marker')
    const overview = await get<Overview>('/v1/overview?hours=1')
    expect(overview).toMatchObject({
      runs: { queued: 0, running: 1, paused: 0 },
      queues: [{ workflow: 'import', runs: 1, queued: 3, running: 1 }],
      connections: 1,
    })
    expect(overview.active.map(({ id }) => id)).toEqual(['open'])
    expect([overview.failed.count, overview.failed.runs.map(({ id }) => id)]).toEqual([1, ['over']])
    expect(overview.active[0]).not.toHaveProperty('input')
    const { ended } = overview
    expect([ended.completed.length, ended.failed.at(-1)]).toEqual([ended.buckets, 1])
  })

  test.each(['0', '169', 'x'])('refuses hours=%s', async (hours) => {
    const { status, body } = await hub.call<{ field: string }>('GET', `/v1/overview?hours=${hours}`)
    expect([status, body.field]).toEqual([400, 'hours'])
  })
})
