// @vitest-environment jsdom
import type { MonofilClient } from '@monofil/client'
import { QueryClient, QueryClientProvider, useSuspenseQuery } from '@tanstack/react-query'
import { screen } from '@testing-library/react'
import { type ReactNode, Suspense } from 'react'
import { beforeEach, expect, it } from 'vitest'
import { EPOCH } from '../../../client/src/testing/raw-hub.ts'
import { useClient } from '../MonofilProvider.tsx'
import { testPage, until } from '../testing/page.tsx'
import { runQueryOptions } from './run-query.ts'
import { useRunQuery } from './use-queries.ts'

const page = testPage()
let queryClient: QueryClient

beforeEach(() => {
  queryClient = new QueryClient({ defaultOptions: { queries: { retry: false } } })
})

const run = (status: string, offset: number) => ({
  id: 'r1',
  status,
  round: 1,
  steps: [],
  progress: 0,
  epoch: EPOCH,
  offset,
})
const snapshot = (status: string, offset = 1) => {
  const data = { run: run(status, offset), items: [] }
  page.hub.last.control('snapshot', { topic: 'run:r1', epoch: EPOCH, offset, data })
}

function Run({ name = 'run' }: { name?: string }) {
  const { data, error, isPending } = useRunQuery('r1')
  return <p>{`${name} ${isPending ? 'pending' : (error?.message ?? `${data?.run?.status} ${data?.freshness}`)}`}</p>
}

function SuspendedRun() {
  const { data } = useSuspenseQuery(runQueryOptions(useClient(), 'r1'))
  return <p>{`run ${data.run?.status} ${data.freshness}`}</p>
}

const show = (children: ReactNode, client?: MonofilClient) =>
  page.render(<QueryClientProvider client={queryClient}>{children}</QueryClientProvider>, client)
const shows = (text: string) => until(() => expect(screen.getByText(text)).toBeDefined())

it('is pending until the run is known, then shows each change; it goes with its last component', async () => {
  const client = page.client()
  const shown = show(
    <>
      <Run name="one" />
      <Run name="two" />
    </>,
    client,
  )
  expect(screen.getByText('one pending')).toBeDefined()
  await until(() => expect(page.hub.last.topics).toEqual([{ topic: 'run:r1' }]))
  snapshot('running')
  await shows('two running live')
  page.hub.last.control('state', { topic: 'run:r1', epoch: EPOCH, offset: 2, data: run('paused', 2) })
  await shows('one paused live')
  expect([client.debug().refs, page.hub.streams.length, page.hub.calls]).toEqual([{ 'run:r1': 1 }, 1, []])
  shown.unmount()
  await until(() => expect(client.debug()).toMatchObject({ subscribers: 0, timersPending: 0, open: false }))
  show(<Run />, client)
  expect(screen.getByText('run paused live')).toBeDefined()
  await until(() => expect(page.hub.open).toBe(1))
  snapshot('running', 3)
  await shows('run running live')
})

it('works with useSuspenseQuery, on one stream', async () => {
  show(
    <Suspense fallback={<p>wait</p>}>
      <SuspendedRun />
    </Suspense>,
  )
  expect(screen.getByText('wait')).toBeDefined()
  await until(() => expect(page.hub.open).toBe(1))
  snapshot('running')
  await shows('run running live')
  page.hub.last.control('state', { topic: 'run:r1', epoch: EPOCH, offset: 2, data: run('paused', 2) })
  await shows('run paused live')
  expect(page.hub.streams).toHaveLength(1)
})

it('is an error where there is no such run', async () => {
  page.hub.onStream = (stream) => stream.hello({ topics: [], denied: [{ topic: 'run:r1', code: 'not_found' }] })
  show(<Run />)
  await shows('run run:r1 is not there, or not for you')
})

it('another user starts from nothing', async () => {
  const client = page.client()
  show(<Run />, client)
  await until(() => expect(page.hub.open).toBe(1))
  snapshot('running')
  await shows('run running live')
  client.logout()
  await shows('run pending')
})
