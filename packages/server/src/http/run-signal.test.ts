import type { Item } from '@monofil/protocol'
import type { Principal, StepPlan } from '@monofil/server'
import { startHub, type TestHub, usersByName } from '@monofil/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const USERS: Readonly<Record<string, Partial<Principal>>> = {
  owner: { publish: ['workflow:*'] },
  manager: { roles: ['manager'] },
  reader: { topics: ['run:*'] },
  shop: { publish: ['run:*'] },
  stranger: {},
  boss: { roles: ['admin'] },
}

const plan = (name: string, kind: 'approval' | 'signal', roles: readonly string[]): StepPlan => ({
  name,
  each: null,
  after: name === 'own' ? [] : ['own'],
  weight: 1,
  concurrency: 1,
  attempts: 1,
  backoff: { minMs: 0, maxMs: 0, factor: 1 },
  timeoutMs: 60_000,
  signal: { kind, roles },
})

let hub: TestHub
beforeAll(async () => {
  hub = await startHub({ authenticator: usersByName(USERS) })
  const steps = [plan('own', 'approval', []), plan('four-eyes', 'approval', ['manager']), plan('paid', 'signal', [])]
  await hub.store.workflows.register([{ name: 'w', steps, inputSchemaJson: null, exclusive: false }])
})
afterAll(() => hub.close())

const as = <T = Item & { readonly code?: string; readonly field?: string }>(
  user: string,
  path: string,
  body: unknown,
) => hub.call<T>('POST', path, body, { Authorization: `Bearer ${user}` })

let made = 0
/** A run whose first approval is given where the second step is asked for. */
async function start(step: string): Promise<string> {
  made += 1
  const id = `run-${made}`
  expect((await as('owner', '/v1/runs', { id, workflow: 'w' })).status).toBe(201)
  if (step !== 'own')
    expect((await as('owner', `/v1/runs/${id}/signals`, { step: 'own', approve: true })).status).toBe(200)
  return id
}

describe('answering steps that wait', () => {
  // An approval of no roles is the owner's; one of roles is theirs alone; a signal is also a reporter's.
  const rights: [string, Record<string, number>][] = [
    ['own', { owner: 200, boss: 200, manager: 404, shop: 404, reader: 403, stranger: 404 }],
    ['four-eyes', { manager: 200, boss: 200, owner: 403, shop: 404, reader: 403, stranger: 404 }],
    ['paid', { owner: 200, boss: 200, shop: 200, manager: 404, reader: 403, stranger: 404 }],
  ]
  test.each(
    rights.flatMap(([step, table]) => Object.entries(table).map(([user, status]) => [step, user, status] as const)),
  )('%s by %s is %d', async (step, user, status) => {
    const id = await start(step)
    const body = step === 'paid' ? { step, data: { amount: 3 } } : { step, approve: true }
    const answer = await as(user, `/v1/runs/${id}/signals`, body)
    expect(answer.status).toBe(status)
    const asked = hub.store.runs.items({ viewer: { all: true }, runId: id, step, limit: 1 })
    expect((await asked).items[0]?.status).toBe(status === 200 ? 'completed' : 'queued')
  })

  test('says by whom, keeps the data, and takes the same answer again', async () => {
    const id = await start('own')
    const body = { step: 'own', approve: true, note: 'fine', data: { b: 1, a: [2] } }
    const first = await as('owner', `/v1/runs/${id}/signals`, body)
    expect(first.body).toMatchObject({ status: 'completed', result: { approved: true, by: 'owner', note: 'fine' } })
    expect(await as('boss', `/v1/runs/${id}/signals`, { ...body, data: { a: [2], b: 1 } })).toMatchObject({
      status: 200,
      body: first.body,
    })
    const other = await as('owner', `/v1/runs/${id}/signals`, { step: 'own', approve: false })
    expect(other).toMatchObject({ status: 409, body: { code: 'invalid_state', state: 'completed' } })
  })

  test.each([
    [{ step: 'none' }, 404, 'step'],
    [{ step: 'own', item: 'other', approve: true }, 404, 'item'],
    [{ step: 'own' }, 400, 'approve'],
    [{ step: 'paid', approve: true }, 400, 'approve'],
    [{ approve: true }, 400, 'step'],
    [{ step: 'own', approve: 'yes' }, 400, 'approve'],
    [{ step: 'own', approve: true, note: '' }, 400, 'note'],
    [{ step: 'own', approve: true, why: 1 }, 400, 'why'],
  ])('refuses %j with %d and the field %s', async (body, status, field) => {
    const id = await start('own')
    expect(await as('owner', `/v1/runs/${id}/signals`, body)).toMatchObject({ status, body: { field } })
  })

  test('a run that is not there is the same as one that may not be seen', async () => {
    const answer = await as('owner', '/v1/runs/none/signals', { step: 'own', approve: true })
    expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } })
  })
})
