import type { Run, UsageRow } from '@monofil/protocol'
import { COMPONENTS } from '@monofil/protocol/schemas'
import type { Lease, StepPlan } from '@monofil/server'
import { startHub, type TestHub, usersByName } from '@monofil/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const step = (name: string, options: Partial<StepPlan> = {}): StepPlan => ({
  ...{ name, each: null, after: [], weight: 1, concurrency: 4, attempts: 1, timeoutMs: 30_000 },
  backoff: { minMs: 0, maxMs: 0, factor: 1 },
  ...options,
})
const STEPS = [step('list'), step('ask', { each: 'list' })]

let hub: TestHub
beforeAll(async () => {
  hub = await startHub({
    authenticator: usersByName({
      ann: { publish: ['workflow:*'] },
      bob: { publish: ['workflow:*'] },
      books: { topics: ['workflow:ans*'] },
      nobody: { topics: ['*', 'run:*'] },
      admin: { roles: ['admin'] },
    }),
  })
  const plan = { steps: STEPS, inputSchemaJson: null, exclusive: false }
  await hub.store.workflows.register([
    { ...plan, name: 'answers' },
    { ...plan, name: 'careful', budget: { tokens: 100 }, sample: 2 },
  ])
})
afterAll(() => hub?.close())

async function call<T = Run>(as: string, method: string, path: string, body?: object) {
  return hub.call<T>(method, path, body, { authorization: `Bearer ${as}` })
}
const start = async (as: string, body: object) => (await call(as, 'POST', '/v1/runs', body)).body
const claim = (workflow: string, max = 100) =>
  hub.store.work.claim({ worker: 'w', workflows: [workflow], max, leaseMs: 60_000 })
const settle = (leases: readonly Lease[], resultJson = '1') =>
  hub.store.work.settle(leases.map(({ fence }) => ({ fence, kind: 'completed', resultJson }) as const))
const spend = ({ fence, runId, step: name, itemId }: Lease, tokens: number) =>
  hub.store.work.usage([{ fence, seq: 1, runId, step: name, itemId, usage: { tokens } }])

describe('GET /v1/usage', () => {
  test('answers to each what is theirs: own runs, workflows by pattern, all to an admin', async () => {
    const used = async (owner: string, workflow: string, tokens: number) => {
      const { id } = await start(owner, { workflow, external: true })
      await call(owner, 'POST', `/v1/runs/${id}/reports`, { reports: [{ id: 'u', usage: { tokens } }] })
    }
    await used('ann', 'answers', 1)
    await used('bob', 'answers', 10)
    await used('bob', 'other', 100)
    const seen = async (as: string, more = '') => {
      const { body } = await call<{ items: UsageRow[] }>(as, 'GET', `/v1/usage?by=owner,workflow${more}`)
      return body.items.map(({ owner, workflow, tokens }) => `${owner} ${workflow} ${tokens}`)
    }
    expect(await seen('admin')).toEqual(['ann answers 1', 'bob answers 10', 'bob other 100'])
    expect(await seen('ann')).toEqual(['ann answers 1'])
    expect(await seen('ann', '&owner=bob')).toEqual([])
    expect(await seen('books')).toEqual(['ann answers 1', 'bob answers 10'])
    expect(await seen('nobody')).toEqual([])
    expect(await seen('admin', '&workflow=other')).toEqual(['bob other 100'])
    const { body } = await call<unknown>('admin', 'GET', '/v1/usage?by=day,model&by=owner&days=1')
    expect(COMPONENTS.UsageList.parse(body).items).toHaveLength(2)
  })

  test.each(['days=0', 'days=401', 'days=x', 'by=moon', 'cursor=x', 'limit=0'])('refuses %s', async (wrong) => {
    const { status, body } = await call<object>('admin', 'GET', `/v1/usage?${wrong}`)
    expect([status, body]).toMatchObject([400, { code: 'invalid_request', field: wrong.split('=')[0] }])
  })
})

describe('a budget', () => {
  test("is the workflow's unless the run brings its own, and is raised by its owner alone", async () => {
    expect(await start('ann', { id: 'own', workflow: 'careful', budget: { items: 1 }, sample: 9 })).toMatchObject({
      ...{ budget: { items: 1 }, sample: 9 },
    })
    await call('ann', 'POST', '/v1/runs/own/cancel')
    expect(await start('ann', { id: 'r', workflow: 'careful' })).toMatchObject({ budget: { tokens: 100 }, sample: 2 })
    const [list] = await claim('careful')
    if (list === undefined) throw new Error('nothing to claim')
    await spend(list, 100)
    const held = { status: 'paused', waiting: { reason: 'budget', limit: 'tokens' }, controls: ['cancel'] }
    expect((await call('ann', 'GET', '/v1/runs/r')).body).toMatchObject(held)
    const refused = await call<object>('ann', 'POST', '/v1/runs/r/resume')
    expect(refused).toMatchObject({ status: 409, body: { code: 'invalid_state', state: 'paused' } })
    expect(JSON.stringify(refused.body)).toContain('budget of 100 (tokens)')
    expect((await call('bob', 'PATCH', '/v1/runs/r', { budget: null })).status).toBe(404)
    const raised = await call('ann', 'PATCH', '/v1/runs/r', { budget: { tokens: 1000 } })
    expect(raised).toMatchObject({ status: 200, body: { status: 'running', budget: { tokens: 1000 } } })
    await settle([list], '[1,2,3,4]')
    const sample = await claim('careful')
    expect(sample).toHaveLength(2)
    for (const lease of sample) await spend(lease, 10)
    await settle(sample)
    const { body } = await call('ann', 'GET', '/v1/runs/r')
    expect(body).toMatchObject({ status: 'paused', sample: 2, waiting: { reason: 'sample' } })
    expect(body.usage).toEqual({ tokens: 120, projected: { tokens: 140 } })
    expect((await call('ann', 'POST', '/v1/runs/r/resume')).body).toMatchObject({ status: 'running', sample: null })
    await settle(await claim('careful'))
    const end = (await call('ann', 'GET', '/v1/runs/r')).body
    expect(end).toMatchObject({ status: 'completed', usage: { tokens: 120, projected: null } })
  })

  test.each([
    [{ budget: { tokens: -1 } }, 'budget.tokens'],
    [{ budget: { cost: 5 } }, 'budget.cost'],
    [{ budget: { cost: '0.0000001' } }, 'budget.cost'],
    [{ budget: { moons: 1 } }, 'budget.moons'],
    [{ sample: 0 }, 'sample'],
    [{ sample: 1.5 }, 'sample'],
    [{ sample: 3, external: true }, 'sample'],
  ])('is refused with its field: %j', async (body, field) => {
    const answer = await call<object>('ann', 'POST', '/v1/runs', { workflow: 'answers', ...body })
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request', field } })
  })

  test('of a scheduled run is the workflow’s; a sample it takes none', async () => {
    const when = { cron: '@daily', timezone: 'UTC', at: null, overlap: 'skip', missed: 'one' } as const
    const row = { inputJson: 'null', inputSchemaJson: null, bodyJson: '{}', key: null, tags: [], roles: [] }
    await hub.store.schedules.create({ ...row, ...when, id: 's', workflow: 'careful', budgetJson: null, owner: 'ann' })
    const { body } = await call('ann', 'POST', '/v1/schedules/s/run', { id: 'ticked' })
    expect(body).toMatchObject({ budget: { tokens: 100 }, sample: null })
  })
})
