// @vitest-environment jsdom
import type { MonofilClient } from '@monofil/client'
import type { Envelope } from '@monofil/protocol'
import { startHub } from '@monofil/testkit'
import { focusManager, onlineManager, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { screen } from '@testing-library/react'
import { act, Suspense } from 'react'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { RawCall } from '../../../client/src/testing/raw-hub.ts'
import { type Deferred, deferred, GAP, testPage, until } from '../testing/page.tsx'
import { subscribeTopicQuery, type TopicQuery } from './topic-query.ts'
import { useSuspenseTopicQuery, useTopicQuery } from './use-queries.ts'

const page = testPage()
let queryClient: QueryClient

/** What the application's own route answers, and who asked for it. */
let orders: string[]
let asked: RawCall[]
/** Holds the route's answers back until the test lets them go. */
let held: Deferred | null

beforeEach(() => {
  queryClient = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  orders = ['a']
  asked = []
  held = null
  const { onCall } = page.hub
  page.hub.onCall = (call) => {
    if (call.path !== '/orders') return onCall(call)
    asked.push(call)
    const now = [...orders]
    void (held?.promise ?? Promise.resolve()).then(() => call.answer(200, now))
  }
})

afterEach(() => queryClient.clear())

async function load(): Promise<string[]> {
  const response = await fetch(`${page.hub.url}/orders`)
  if (!response.ok) throw new Error(`status ${response.status}`)
  return (await response.json()) as string[]
}

const append = (data: string[], event: Envelope) => [...data, String(event.data)]

function Orders({ name = 'orders', ...options }: Partial<TopicQuery<'orders', string[]>> & { name?: string }) {
  const { data, error, freshness } = useTopicQuery({
    topic: 'orders',
    queryKey: ['orders', { of: 'all' }],
    queryFn: load,
    update: append,
    ...options,
  })
  return <p>{`${name} ${freshness} ${data?.join() ?? 'none'}${error === null ? '' : ` ${error.message}`}`}</p>
}

function SuspendedOrders() {
  const { data, freshness } = useSuspenseTopicQuery({
    topic: 'orders',
    queryKey: ['orders', { of: 'all' }],
    queryFn: load,
    update: append,
  })
  return <p>{`orders ${freshness} ${data.join()}`}</p>
}

const show = (children: React.ReactNode, client?: MonofilClient) =>
  page.render(<QueryClientProvider client={queryClient}>{children}</QueryClientProvider>, client)
const shows = (text: string) => until(() => expect(screen.getByText(text)).toBeDefined())
const event = (offset: number, data: string) => page.hub.last.event('orders', offset, data)

it('follows first, fetches then, and applies what came meanwhile after it', async () => {
  held = deferred()
  show(<Orders />)
  await until(() => expect(asked).toHaveLength(1))
  expect(page.hub.last.topics).toEqual([{ topic: 'orders' }])
  event(1, 'b')
  await shows('orders live none')
  held.resolve()
  await shows('orders live a,b')
  event(2, 'c')
  await shows('orders live a,b,c')
  expect(asked).toHaveLength(1)
})

it('skips events that the answer says it holds', async () => {
  held = deferred()
  show(<Orders cursorOf={(data) => (data.length === 1 ? `${GAP.epoch}:1` : null)} />)
  await until(() => expect(asked).toHaveLength(1))
  event(1, 'a again')
  event(2, 'b')
  await shows('orders live none')
  held.resolve()
  await shows('orders live a,b')
})

it('ten components with one key are one fetch and one change per event, under StrictMode', async () => {
  const names = Array.from({ length: 10 }, (_, i) => `o${i}`)
  show(names.map((name) => <Orders key={name} name={name} />))
  await shows('o9 live a')
  event(1, 'b')
  await shows('o9 live a,b')
  expect([asked.length, page.hub.streams.length]).toEqual([1, 1])
})

it('a gap fetches once, a reconnect without one does not', async () => {
  show(
    <>
      <Orders />
      <Orders name="second" />
    </>,
  )
  await shows('orders live a')
  held = deferred()
  orders = ['a', 'b', 'c']
  page.hub.last.control('gap', { topic: 'orders', ...GAP })
  await shows('second gap a')
  await until(() => expect(asked).toHaveLength(2))
  held.resolve()
  await shows('second live a,b,c')
  page.hub.last.cut()
  await until(() => expect(page.hub.streams).toHaveLength(2))
  await shows('orders live a,b,c')
  event(4, 'd')
  await shows('orders live a,b,c,d')
  expect(asked).toHaveLength(2)
})

it('a gap before the first answer fetches again after it', async () => {
  held = deferred()
  show(<Orders />)
  await until(() => expect(asked).toHaveLength(1))
  page.hub.last.control('gap', { topic: 'orders', ...GAP })
  await shows('orders gap none')
  orders = ['a', 'b']
  held.resolve()
  await shows('orders live a,b')
  expect(asked).toHaveLength(2)
})

it('is not fetched for focus while it is live, but while the stream is lost', async () => {
  const client = page.client({ backoff: { minMs: 60_000, baseMs: 60_000 } })
  show(<Orders />, client)
  await shows('orders live a')
  const focus = () =>
    act(async () => {
      focusManager.setFocused(false)
      focusManager.setFocused(true)
    })
  await focus()
  event(1, 'b')
  await shows('orders live a,b')
  expect(asked).toHaveLength(1)
  page.hub.last.cut()
  await shows('orders stale a,b')
  orders = ['a', 'b', 'c']
  await focus()
  await shows('orders stale a,b,c')
  focusManager.setFocused(undefined)
})

it('more events during a fetch than are kept are fetched again', async () => {
  held = deferred()
  const seen: unknown[] = []
  const client = page.client()
  client.subscribe('orders', { onEvent: ({ offset }) => seen.push(offset) })
  show(<Orders update={(data) => data} />, client)
  await until(() => expect(asked).toHaveLength(1))
  for (let offset = 1; offset <= 1500; offset += 1) event(offset, 'x')
  await until(() => expect(seen).toHaveLength(1500))
  orders = ['all of them']
  held.resolve()
  await shows('orders live all of them')
  expect(asked).toHaveLength(2)
})

it('an update that throws is reported and fetches', async () => {
  const reported: unknown[] = []
  vi.stubGlobal('reportError', (error: Error) => reported.push(error.message))
  show(
    <Orders
      update={() => {
        throw new Error('cannot')
      }}
    />,
  )
  await shows('orders live a')
  orders = ['a', 'b']
  event(1, 'b')
  await shows('orders live a,b')
  expect([reported, asked.length]).toEqual([['cannot'], 2])
})

it('back online it is the stream that brings what was missed, without a fetch', async () => {
  const client = page.client({ backoff: { minMs: 20, baseMs: 20 } })
  show(<Orders />, client)
  await shows('orders live a')
  page.hub.onStream = (stream, number) => (number < 4 ? stream.refuse(503) : stream.hello({}, 1))
  page.hub.last.cut()
  await shows('orders stale a')
  await act(async () => {
    onlineManager.setOnline(false)
    onlineManager.setOnline(true)
  })
  await shows('orders replaying a')
  event(1, 'b')
  await shows('orders live a,b')
  expect(asked).toHaveLength(1)
})

it('without update every event fetches, and a burst few times', async () => {
  show(<Orders update={undefined} everyMs={30} />)
  await shows('orders live a')
  orders = ['z']
  for (let offset = 1; offset <= 300; offset += 1) event(offset, 'x')
  await shows('orders live z')
  event(301, 'x')
  orders = ['last']
  event(302, 'x')
  await shows('orders live last')
  expect(asked.length).toBeLessThan(10)
})

it('a fetch that fails after a gap is an error, the gap stays, and the next event tries again', async () => {
  show(<Orders everyMs={1} />)
  await shows('orders live a')
  const { onCall } = page.hub
  page.hub.onCall = (call) => call.answer(500)
  page.hub.last.control('gap', { topic: 'orders', ...GAP })
  await shows('orders gap a status 500')
  page.hub.onCall = onCall
  orders = ['a', 'b']
  event(4, 'b')
  await shows('orders live a,b')
})

it('unmounting keeps the cache, follows a second longer, and a later mount fetches again', async () => {
  const client = page.client()
  const first = show(<Orders />, client)
  await shows('orders live a')
  first.unmount()
  const second = show(<Orders />, client)
  await shows('orders live a')
  expect(asked).toHaveLength(1)
  second.unmount()
  event(1, 'b')
  await until(() => expect(queryClient.getQueryData(['orders', { of: 'all' }])).toEqual(['a', 'b']))
  await until(() => expect(client.debug()).toMatchObject({ subscribers: 0, timersPending: 0, open: false }))
  orders = ['a', 'b', 'c']
  show(<Orders />, client)
  expect(screen.getByText('orders stale a,b')).toBeDefined()
  await shows('orders live a,b,c')
  expect([asked.length, page.hub.streams.length]).toEqual([2, 2])
})

it('suspends for the first answer without a second fetch or stream', async () => {
  show(
    <Suspense fallback={<p>wait</p>}>
      <SuspendedOrders />
    </Suspense>,
  )
  expect(screen.getByText('wait')).toBeDefined()
  await shows('orders live a')
  event(1, 'b')
  await shows('orders live a,b')
  expect([asked.length, page.hub.streams.length]).toEqual([1, 1])
})

it('without a component, against a real hub: whatever is published beside the fetch is there once', async () => {
  const hub = await startHub()
  try {
    const client = page.client({ url: hub.url })
    for (let i = 0; i < 5; i += 1) await hub.publish('numbers', i)
    const leave = subscribeTopicQuery(client, queryClient, {
      topic: 'numbers',
      queryKey: ['numbers'],
      queryFn: async () => {
        const { items, latestOffset } = await client.api.topicEvents('numbers', { after: '0', limit: 200 })
        return { numbers: items.map(({ data }) => data), latestOffset }
      },
      update: (data, { data: number }) => ({ ...data, numbers: [...data.numbers, number] }),
      cursorOf: ({ latestOffset }) => latestOffset,
    })
    for (let i = 5; i < 100; i += 1) await hub.publish('numbers', i)
    const known = () => queryClient.getQueryData<{ numbers: unknown[] }>(['numbers'])?.numbers
    await until(() => expect(known()).toEqual(Array.from({ length: 100 }, (_, i) => i)))
    leave()
    await until(() => expect(client.debug()).toMatchObject({ subscribers: 0, open: false }))
  } finally {
    await hub.close()
  }
})
