// @vitest-environment jsdom
// biome-ignore-all lint/style/noRestrictedImports: only a test
import { createClient, type MonofilClient } from '@monofil/client'
import { startHub, type TestHub } from '@monofil/testkit'
import { cleanup, render, screen, within } from '@testing-library/react'
import { act, type ReactNode, StrictMode } from 'react'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { MonofilProvider } from './MonofilProvider.tsx'
import { StartButton } from './StartButton.tsx'
import { until } from './testing/page.tsx'
import { type StartRun, type UseStartRunOptions, useStartRun } from './use-start-run.ts'

let hub: TestHub
let clients: MonofilClient[]
/** Answered before the hub is asked, where it answers anything. */
let intercept: (body: { id: string; input: unknown }) => Promise<Response | undefined>
/** What was asked of the hub, by whichever page. */
let starts: { id: string; input: unknown }[]

beforeEach(async () => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
  hub = await startHub()
  const steps = [
    {
      ...{ name: 'work', each: null, after: [], weight: 1, concurrency: 1, attempts: 1, timeoutMs: 60_000 },
      backoff: { minMs: 0, maxMs: 0, factor: 1 },
    },
  ]
  await hub.store.workflows.register([{ name: 'photos', steps, inputSchemaJson: null, exclusive: false }])
  clients = []
  starts = []
  intercept = async () => undefined
})

afterEach(async () => {
  cleanup()
  for (const client of clients) client.close()
  await hub.close()
  vi.unstubAllGlobals()
})

/** Another browser's page: a client of its own. */
function tab(children: ReactNode) {
  const client = createClient({
    url: hub.url,
    share: 'none',
    lingerMs: 10,
    async fetch(input, init) {
      if (new URL(String(input)).pathname !== '/v1/runs') return fetch(input, init)
      const body = JSON.parse(String(init?.body)) as (typeof starts)[number]
      starts.push(body)
      return (await intercept(body)) ?? fetch(input, init)
    },
  })
  clients.push(client)
  const view = render(
    <StrictMode>
      <MonofilProvider client={client}>{children}</MonofilProvider>
    </StrictMode>,
  )
  return within(view.container)
}

function Starter({
  use,
  runKey,
  ...options
}: UseStartRunOptions & { runKey?: string; use?: (start: StartRun<string>) => void }) {
  const start = useStartRun('photos', { ...options, key: runKey })
  use?.(start)
  return <p>{`${start.blocked ?? 'free'} ${start.runId ?? '-'} ${start.error?.code ?? ''}`.trim()}</p>
}

/** Renders with what the stream brings meanwhile. */
const meanwhile = <T,>(what: () => Promise<T>): Promise<T> => act(what)

const runs = () =>
  meanwhile(async () => (await hub.call<{ items: { id: string }[] }>('GET', '/v1/runs')).body.items.map(({ id }) => id))

const finish = () =>
  meanwhile(async () => {
    const [lease] = await hub.store.work.claim({ worker: 'w', workflows: ['photos'], max: 1, leaseMs: 60_000 })
    await hub.store.work.settle([{ fence: lease?.fence ?? 0, kind: 'completed', resultJson: '1' }])
  })

it('ten clicks and two tabs at the same moment are one run, and both show it', async () => {
  let press = () => {}
  const here = tab(
    <>
      <Starter use={({ start }) => (press = () => void start({ folder: 'x' }))} />
      <Starter />
    </>,
  )
  const there = tab(<StartButton workflow="photos" input={{ folder: 'x' }} />)
  await until(() => expect(here.getAllByText('free -')).toHaveLength(2))
  await until(() => expect(there.getByRole('button', { name: 'Start' }).hasAttribute('aria-disabled')).toBe(false))
  act(() => {
    for (let i = 0; i < 10; i += 1) press()
    there.getByRole('button').click()
    there.getByRole('button').click()
  })
  // During the click's own request, in every component of the page.
  expect(here.getAllByText('starting -')).toHaveLength(2)
  expect(there.getByRole('button', { name: 'Starting…' }).getAttribute('aria-busy')).toBe('true')
  await until(() => expect(there.getByRole('button', { name: 'Running…' })).toBeDefined())
  const [id, ...others] = await runs()
  expect([others, starts.length]).toEqual([[], 2])
  await until(() => expect(here.getAllByText(`running ${id}`)).toHaveLength(2))
  await finish()
  await until(() => expect(here.getAllByText(`free ${id}`)).toHaveLength(2))
  await until(() => expect(there.getByRole('button', { name: 'Start' })).toBeDefined())
})

it('is blocked by what was started elsewhere, of its own key only, and one that is in the way is joined', async () => {
  let start: StartRun<string>['start'] = async () => null
  const page = tab(
    <>
      <Starter runKey="one" />
      <Starter runKey="two" use={(two) => (start = two.start)} />
      <Starter />
    </>,
  )
  await until(() => expect(page.getAllByText('free -')).toHaveLength(3))
  await meanwhile(() => hub.call('POST', '/v1/runs', { id: 'r1', workflow: 'photos', key: 'one' }))
  await until(() => expect(page.getAllByText('running r1')).toHaveLength(2))
  expect(page.getAllByText('free -')).toHaveLength(1)
  // Known to the hub, not here yet: who presses joins it.
  intercept = async () => {
    await hub.call('POST', '/v1/runs', { id: 'r2', workflow: 'photos', key: 'two' })
    return undefined
  }
  await act(async () => expect((await start({ n: 1 }))?.id).toBe('r2'))
  await until(() => expect(page.getByText('running r2')).toBeDefined())
  expect(await runs()).toEqual(['r2', 'r1'])
})

it('a start whose answer was lost is asked for by the same id', async () => {
  let start: StartRun<string>['start'] = async () => null
  const page = tab(<Starter use={(one) => (start = one.start)} />)
  await until(() => expect(page.getByText('free -')).toBeDefined())
  intercept = async (body) => {
    await hub.call('POST', '/v1/runs', body)
    throw new TypeError('cut')
  }
  await act(async () => expect(await start({ n: 1 })).toBe(null))
  intercept = async () => undefined
  await act(async () => expect((await start({ n: 1 }))?.id).toBe(starts[0]?.id))
  expect([(await runs()).length, new Set(starts.map(({ id }) => id)).size]).toEqual([1, 1])
})

it('with an id of the application it is done once, also when it is over', async () => {
  let start: StartRun<string>['start'] = async () => null
  const page = tab(<Starter id="launch-7" use={(one) => (start = one.start)} />)
  await until(() => expect(page.getByText('free -')).toBeDefined())
  await act(async () => expect((await start({ n: 1 }))?.id).toBe('launch-7'))
  await finish()
  await until(() => expect(page.getByText('free launch-7')).toBeDefined())
  await act(async () => expect((await start({ n: 1 }))?.status).toBe('completed'))
  await act(async () => expect(await start({ n: 2 })).toBe(null))
  await until(() => expect(page.getByText('free launch-7 run_conflict')).toBeDefined())
  expect(await runs()).toEqual(['launch-7'])
})

it('says what the hub refused, and is free again', async () => {
  intercept = async () => Response.json({ code: 'forbidden', detail: 'Not yours.', status: 403 }, { status: 403 })
  const page = tab(<StartButton workflow="photos" input={{ folder: 'x' }} />)
  await until(() => expect(page.getByRole('button').hasAttribute('aria-disabled')).toBe(false))
  act(() => page.getByRole('button').click())
  await until(() => expect(page.getByRole('alert').textContent).toBe('Refused: Not yours.'))
  expect(page.getByRole('button', { name: 'Start' }).hasAttribute('aria-disabled')).toBe(false)
  expect(screen.getAllByRole('button')).toHaveLength(1)
})
