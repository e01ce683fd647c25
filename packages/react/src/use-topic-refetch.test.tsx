// @vitest-environment jsdom
import { render, screen } from '@testing-library/react'
import { act, useState } from 'react'
import { expect, it } from 'vitest'
import { MonofilProvider } from './MonofilProvider.tsx'
import { type Deferred as Call, deferred, GAP, testPage, until } from './testing/page.tsx'
import { type UseTopicRefetchOptions, useTopicRefetch } from './use-topic-refetch.ts'

const page = testPage()

function Table({ calls, name = 't', ...options }: UseTopicRefetchOptions<unknown> & { calls: Call[]; name?: string }) {
  const { freshness, isRefetching, refetchError, refetch } = useTopicRefetch(
    'orders',
    () => {
      const call = deferred()
      calls.push(call)
      return call.promise
    },
    options,
  )
  const problem = refetchError instanceof Error ? refetchError.message : 'fine'
  return (
    <button
      type="button"
      onClick={refetch}
    >{`${name} ${freshness} ${isRefetching ? 'busy' : 'idle'} ${problem}`}</button>
  )
}

function Switch({ calls }: { calls: Call[] }) {
  const [on, set] = useState(true)
  return (
    <>
      <Table calls={calls} initial={false} enabled={on} events />
      <input onClick={() => set(false)} />
    </>
  )
}

const settle = (call: Call | undefined, error?: Error) =>
  act(async () => (error ? call?.reject(error) : call?.resolve()))
const orders = (offset: number, data?: unknown) => page.hub.last.event('orders', offset, data)
const called = (calls: Call[], count: number) => until(() => expect(calls).toHaveLength(count))

it('fetches first when the topic is followed, and not before', async () => {
  const calls: Call[] = []
  page.hub.onStream = (stream) => stream.head()
  page.render(<Table calls={calls} />)
  await until(() => expect(page.hub.open).toBe(1))
  expect(calls).toHaveLength(0)
  page.hub.last.control('hello', {
    connection: 'c1',
    marker: page.hub.last.marker,
    node: 'n1',
    heartbeatMs: 15_000,
    expiresAt: null,
    topics: [{ topic: 'orders', epoch: GAP.epoch, offset: 2, recovered: null }],
    denied: [],
  })
  await called(calls, 1)
  await settle(calls[0])
  await until(() => expect(screen.getByText('t live idle fine')).toBeDefined())
  orders(3)
  await until(() => expect(screen.getByText('t live idle fine')).toBeDefined())
  expect(calls).toHaveLength(1)
})

it('fetches anyway when there is no hub, and again once there is', async () => {
  const calls: Call[] = []
  page.hub.onStream = (stream, number) => (number < 3 ? stream.refuse(503) : stream.hello())
  const client = page.client({ backoff: { minMs: 1, baseMs: 50, jitter: false } })
  page.render(<Table calls={calls} />, client)
  await called(calls, 1)
  expect(client.connection.get().status).not.toBe('open')
  await settle(calls[0])
  await called(calls, 2)
  await settle(calls[1])
  await until(() => expect(screen.getByText('t live idle fine')).toBeDefined())
  expect(calls).toHaveLength(2)
})

it('is called exactly once per gap, and freshness is gap until it is done', async () => {
  const calls: Call[][] = [[], [], []]
  const names = ['t1', 't2', 't3']
  page.render(names.map((name, i) => <Table key={name} name={name} calls={calls[i] ?? []} />))
  for (const made of calls) await called(made, 1)
  for (const made of calls) await settle(made[0])
  await until(() => expect(screen.getByText('t3 live idle fine')).toBeDefined())
  page.hub.last.control('gap', { topic: 'orders', ...GAP })
  await until(() => expect(screen.getByText('t1 gap busy fine')).toBeDefined())
  await settle(calls[0]?.[1])
  await settle(calls[1]?.[1])
  await until(() => expect(screen.getByText('t1 gap idle fine')).toBeDefined())
  await settle(calls[2]?.[1])
  await until(() => expect(screen.getByText('t1 live idle fine')).toBeDefined())
  page.hub.last.cut()
  await until(() => expect(page.hub.streams).toHaveLength(2))
  await until(() => expect(screen.getByText('t2 live idle fine')).toBeDefined())
  expect(calls.map((made) => made.length)).toEqual([2, 2, 2])
})

it('a gap while a fetch is under way is made good by another fetch', async () => {
  const calls: Call[] = []
  page.render(<Table calls={calls} />)
  await called(calls, 1)
  page.hub.last.control('gap', { topic: 'orders', ...GAP })
  await until(() => expect(screen.getByText('t gap busy fine')).toBeDefined())
  await settle(calls[0])
  await called(calls, 2)
  expect(screen.getByText('t gap busy fine')).toBeDefined()
  await settle(calls[1])
  await until(() => expect(screen.getByText('t live idle fine')).toBeDefined())
})

it('events fetch when asked to: one at once, a burst together, and what comes during a fetch after it', async () => {
  const calls: Call[] = []
  page.render(<Table calls={calls} everyMs={30} events={(event) => event.data !== 'other'} />)
  await called(calls, 1)
  for (let offset = 1; offset <= 50; offset += 1) orders(offset)
  await until(() => expect(page.hub.open).toBe(1))
  await settle(calls[0])
  await called(calls, 2)
  await settle(calls[1])
  orders(51, 'other')
  orders(52)
  await called(calls, 3)
  for (let offset = 53; offset <= 500; offset += 1) orders(offset)
  await settle(calls[2])
  for (let i = 3; i < calls.length; i += 1) await settle(calls[i])
  await until(() => expect(screen.getByText('t live idle fine')).toBeDefined())
  expect(calls.length).toBeLessThan(8)
})

it('what was replayed before the first fetch is in it', async () => {
  const calls: Call[] = []
  // A reload that keeps its cursors: the topic begins where the page before left off.
  const before = page.client({ resume: true })
  before.subscribe('orders', {})
  await until(() => expect(page.hub.open).toBe(1))
  orders(1)
  await until(() => expect(before.debug().cursors['orders']).toBe(`${GAP.epoch}:1`))
  window.dispatchEvent(new Event('pagehide'))
  before.close()
  page.hub.onStream = (stream) => stream.hello({}, 3)
  const client = page.client({ resume: true })
  // Without StrictMode: its second subscriber begins with what is new.
  render(
    <MonofilProvider client={client}>
      <Table calls={calls} events />
    </MonofilProvider>,
  )
  await until(() => expect(screen.getByText('t replaying idle fine')).toBeDefined())
  orders(2)
  await until(() => expect(client.debug().cursors['orders']).toBe(`${GAP.epoch}:2`))
  expect(calls).toHaveLength(0)
  orders(3)
  await called(calls, 1)
  await settle(calls[0])
  await until(() => expect(screen.getByText('t live idle fine')).toBeDefined())
  expect(calls).toHaveLength(1)
  orders(4)
  await called(calls, 2)
})

it('an error is shown, and mended by the next event or by hand', async () => {
  const calls: Call[] = []
  page.render(<Table calls={calls} events everyMs={1} />)
  await called(calls, 1)
  await settle(calls[0], new Error('no orders'))
  await until(() => expect(screen.getByText('t live idle no orders')).toBeDefined())
  orders(1)
  await called(calls, 2)
  await settle(calls[1], new Error('still none'))
  await until(() => expect(screen.getByText('t live idle still none')).toBeDefined())
  act(() => screen.getByRole('button').click())
  expect(calls).toHaveLength(3)
  await settle(calls[2])
  await until(() => expect(screen.getByText('t live idle fine')).toBeDefined())
})

it("the first fetch may be the application's own; unmounting leaves nothing", async () => {
  const calls: Call[] = []
  const client = page.client()
  page.render(<Switch calls={calls} />, client)
  await until(() => expect(screen.getByText('t live idle fine')).toBeDefined())
  expect(calls).toHaveLength(0)
  orders(1)
  await called(calls, 1)
  await settle(calls[0])
  act(() => screen.getByRole('textbox').click())
  await until(() => expect(client.debug()).toMatchObject({ subscribers: 0, timersPending: 0, open: false }))
  expect([calls.length, page.hub.streams.length]).toEqual([1, 1])
})
