// @vitest-environment jsdom
// biome-ignore-all lint/style/noRestrictedImports: only a test
import { createClient, type MonofilClient } from '@monofil/client'
import { startHub, type TestHub } from '@monofil/testkit'
import { cleanup, fireEvent, render, within } from '@testing-library/react'
import { act, type ReactNode, StrictMode } from 'react'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Approval } from './Approval.tsx'
import { MonofilProvider } from './MonofilProvider.tsx'
import { until } from './testing/page.tsx'
import { type Approval as Asked, useApproval } from './use-approval.ts'

let hub: TestHub
let clients: MonofilClient[]

const plan = (name: string, options: object = {}) => ({
  ...{ name, each: null, after: [], weight: 1, concurrency: 9, attempts: 1, timeoutMs: 3_600_000 },
  backoff: { minMs: 0, maxMs: 0, factor: 1 },
  ...options,
})
const approval = { kind: 'approval', roles: [] } as const

beforeEach(async () => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
  hub = await startHub()
  clients = []
  const inputSchemaJson = null
  await hub.store.workflows.register([
    {
      ...{ name: 'offers', inputSchemaJson, exclusive: false },
      steps: [plan('draft'), plan('release', { each: 'draft', signal: approval }), plan('send', { each: 'release' })],
    },
    {
      ...{ name: 'payment', inputSchemaJson, exclusive: false },
      steps: [plan('paid', { signal: { kind: 'signal', roles: [] } }), plan('ship')],
    },
  ])
})

afterEach(async () => {
  cleanup()
  for (const client of clients) client.close()
  await hub.close()
  vi.unstubAllGlobals()
})

function tab(children: ReactNode) {
  const client = createClient({ url: hub.url, share: 'none', lingerMs: 10 })
  clients.push(client)
  const view = render(
    <StrictMode>
      <MonofilProvider client={client}>{children}</MonofilProvider>
    </StrictMode>,
  )
  return within(view.container)
}

/** A run whose three drafts wait for release. */
async function drafted(): Promise<void> {
  await hub.call('POST', '/v1/runs', { id: 'r1', workflow: 'offers', input: null })
  const [draft] = await hub.store.work.claim({ worker: 'w', workflows: ['offers'], max: 1, leaseMs: 60_000 })
  const resultJson = JSON.stringify([{ to: 'Ada' }, { to: 'Grace' }, { to: 'Joan' }])
  await hub.store.work.settle([{ fence: draft?.fence ?? 0, kind: 'completed', resultJson }])
}

const itemOf = async (id: string) =>
  (await hub.store.runs.items({ viewer: { all: true }, runId: 'r1', limit: 200, step: 'release' })).items.find(
    (item) => item.id === id,
  )

let asked: Asked
function Headless({ runId = 'r1', item }: { runId?: string; item?: string }) {
  asked = useApproval(runId, { item })
  return <p>{`${asked.waiting.map(({ item: one }) => one.id).join()} ${asked.error?.code ?? '-'}`}</p>
}

it('shows what waits, since and until when; an answer takes it away in every tab', async () => {
  await drafted()
  const here = tab(<Approval runId="r1" locale="en-GB" />)
  const there = tab(<Headless />)
  await until(() => expect(there.getByText('release:1,release:2,release:3 -')).toBeDefined())
  await until(() => expect(here.getByText(/"to": "Ada"/)).toBeDefined())
  expect(here.getByRole('heading').textContent).toBe('release: waits for your approval')
  const { since, until: end } = asked.next ?? { since: null, until: null }
  expect(Date.parse(end ?? '') - Date.parse(since ?? '')).toBeLessThanOrEqual(3_600_000)
  fireEvent.change(here.getByRole('textbox', { name: 'Note (optional)' }), { target: { value: ' good ' } })
  act(() => {
    here.getByRole('button', { name: 'Approve' }).click()
    here.getByRole('button', { name: 'Approve' }).click()
    here.getByRole('button', { name: 'Reject' }).click()
  })
  await until(() => expect(there.getByText('release:2,release:3 -')).toBeDefined())
  await until(() => expect(here.getByText(/"to": "Grace"/)).toBeDefined())
  // The note was for the one before.
  expect((here.getByRole('textbox') as HTMLTextAreaElement).value).toBe('')
  expect(here.queryByRole('alert')).toBe(null)
  expect(await itemOf('release:1')).toMatchObject({ status: 'completed', result: { approved: true, note: 'good' } })
})

it('another answer than the one that was first is refused, and says so', async () => {
  await drafted()
  const page = tab(<Headless item="release:2" />)
  await until(() => expect(page.getByText('release:2 -')).toBeDefined())
  const { reject, next } = asked
  await act(() => hub.call('POST', '/v1/runs/r1/signals', { step: 'release', item: 'release:2', approve: true }))
  await until(() => expect(page.getByText('-')).toBeDefined())
  await act(async () => expect(await reject({ note: 'no' }, next)).toBe(null))
  await until(() => expect(page.getByText('invalid_state')).toBeDefined())
  act(() => asked.dismiss())
  expect(page.getByText('-')).toBeDefined()
})

it('rejects with a reason; handed to onClick, no event is sent', async () => {
  await drafted()
  const page = tab(<Headless />)
  await until(() => expect(page.getByText(/^release:1/)).toBeDefined())
  const press = asked.reject as (event: unknown) => Promise<unknown>
  await act(async () =>
    expect(await press({ nativeEvent: {}, note: 'x', data: 1 })).toMatchObject({ status: 'failed' }),
  )
  expect((await itemOf('release:1'))?.error?.message).toBe('rejected by dev')
  await act(async () => expect(await asked.reject({ note: 'too dear' })).toMatchObject({ status: 'failed' }))
  expect((await itemOf('release:2'))?.error?.message).toBe('rejected by dev: too dear')
})

it('sends what a signal waits for; the component is for approvals only', async () => {
  await hub.call('POST', '/v1/runs', { id: 'r1', workflow: 'payment', input: null })
  const page = tab(
    <>
      <Headless />
      <Approval runId="r1" />
    </>,
  )
  await until(() => expect(page.getByText('paid -')).toBeDefined())
  expect([page.queryByRole('heading'), asked.next?.kind]).toEqual([null, 'signal'])
  await act(async () => expect(await asked.send({ amount: 12 })).toMatchObject({ result: { amount: 12 } }))
  await until(() => expect(page.getByText('-')).toBeDefined())
})
