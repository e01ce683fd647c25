import { startHub, type TestHub, usersByName } from '@monofil/testkit'
import { expect, test } from 'vitest'

interface Told {
  readonly key: string
  readonly version: number
  readonly data: { readonly value: number } | null
}

async function withHub(options: Parameters<typeof startHub>[0], run: (hub: TestHub) => Promise<void>): Promise<void> {
  const hub = await startHub(options)
  try {
    await run(hub)
  } finally {
    await hub.close()
  }
}

test('a KPI is one snapshot, then a state for each change and none for the same value', () =>
  withHub({ settings: { stateIntervalMs: 0 } }, async (hub) => {
    const first = await hub.call<{ version: number }>('PUT', '/v1/kpis/sales', { value: 1, unit: 'EUR' })
    const reader = await hub.open(['kpi:sales', 'kpi:later'])
    await reader.until(() => reader.all('snapshot').length === 2)
    expect(reader.all('snapshot')).toMatchObject([
      { topic: 'kpi:sales', data: [{ key: 'sales', version: first.body.version, data: { value: 1, unit: 'EUR' } }] },
      { topic: 'kpi:later', data: [] },
    ])
    const same = await hub.call('PUT', '/v1/kpis/sales', { value: 1, unit: 'EUR' })
    expect(same.body).toEqual(first.body)
    const second = await hub.call<{ version: number }>('PUT', '/v1/kpis/sales', { value: 2 })
    await hub.call('PUT', '/v1/kpis/later', { value: 'text' })
    await hub.call('DELETE', '/v1/kpis/sales')
    await reader.until(() => reader.all('state').length === 3)
    expect(reader.all('state')).toMatchObject([
      { topic: 'kpi:sales', key: 'sales', version: second.body.version, data: { value: 2, unit: null } },
      { topic: 'kpi:later', key: 'later', data: { value: 'text' } },
      { topic: 'kpi:sales', key: 'sales', data: null },
    ])
  }))

test('many changes at once are shown as the last of them', () =>
  withHub({}, async (hub) => {
    const reader = await hub.open(['kpi:n'])
    await reader.event('snapshot')
    for (let value = 1; value <= 200; value += 1) await hub.store.kpis.set({ name: 'n', value })
    await reader.event<Told>('state', ({ data }) => data?.value === 200)
    expect(reader.all('state').length).toBeLessThan(200)
    const versions = reader.all<Told>('state').map(({ version }) => version)
    expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b))
  }))

test('a lost message is noticed, a deletion too', async () => {
  let loses = false
  await withHub({ loses: () => loses }, async (hub) => {
    await hub.store.kpis.set({ name: 'a', value: 1 })
    await hub.store.kpis.set({ name: 'b', value: 1 })
    const reader = await hub.open(['kpi:a', 'kpi:b'])
    await reader.until(() => reader.all('snapshot').length === 2)
    loses = true
    await hub.store.kpis.set({ name: 'a', value: 2 })
    await hub.store.kpis.remove('b')
    await reader.until(() => reader.all('state').length === 2)
    expect(reader.all('state')).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ key: 'a', data: expect.objectContaining({ value: 2 }) }),
        expect.objectContaining({ key: 'b', data: null }),
      ]),
    )
  })
})

test('who may not read one is told that it is not there, and who may not any more is dropped', () => {
  const users = { reader: { topics: ['kpi:open'] }, setter: { publish: ['kpi:*'] } }
  return withHub({ authenticator: usersByName(users) }, async (hub) => {
    await hub.store.kpis.set({ name: 'open', value: 1 })
    await hub.store.kpis.set({ name: 'secret', value: 1 })
    const headers = { authorization: 'Bearer reader' }
    const topics = [{ topic: 'kpi:open' }, { topic: 'kpi:secret' }, { topic: 'kpi:a/b' }]
    const reader = await hub.stream('/v1/stream', { method: 'POST', headers, body: { topics } })
    const hello = await reader.event<{ connection: string; denied: unknown }>('hello')
    expect(hello.denied).toEqual([
      { topic: 'kpi:secret', code: 'not_found' },
      { topic: 'kpi:a/b', code: 'not_found' },
    ])
    await reader.event('snapshot')
    users.reader.topics = []
    await hub.call('PATCH', `/v1/stream/${hello.connection}`, { seq: 1 }, headers)
    expect(await reader.event('dropped')).toEqual({ topic: 'kpi:open', code: 'revoked' })
    await hub.store.kpis.set({ name: 'open', value: 2 })
    expect(reader.body).not.toContain('"value":2')
  })
})
