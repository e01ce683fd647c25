// @vitest-environment jsdom
import { createClient, type MonofilClient } from '@monofil/client'
import { cleanup, render, screen, waitFor } from '@testing-library/react'
import { act, StrictMode, useState } from 'react'
import { renderToString } from 'react-dom/server'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { EPOCH, RawHub } from '../../client/src/testing/raw-hub.ts'
import { MonofilProvider } from './MonofilProvider.tsx'
import { useConnection, useMonofil } from './use-monofil.ts'
import { useRun, useRuns } from './use-run.ts'
import { useStatus } from './use-status.ts'
import { useTopic } from './use-topic.ts'

let hub: RawHub
const clients: MonofilClient[] = []

beforeEach(async () => {
  hub = await RawHub.start()
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
})

afterEach(async () => {
  cleanup()
  for (const client of clients.splice(0)) client.close()
  await hub.close()
  vi.unstubAllGlobals()
})

const until = (condition: () => void) => waitFor(condition, { timeout: 5000, interval: 5 })

const NAMES = Array.from({ length: 100 }, (_, i) => `n${i}`)

function Listener({ topic, seen }: { topic: string; seen: unknown[] }) {
  useTopic(topic, { onEvent: (event) => seen.push(event.offset) })
  return null
}

function FromTheStart({ seen }: { seen: unknown[] }) {
  useTopic('orders', { cursor: '0', onEvent: (event) => seen.push(event.offset) })
  return null
}

function Crowd({ seen }: { seen: unknown[] }) {
  const [tick, setTick] = useState(0)
  useMonofil().connect()
  return (
    <>
      <button type="button" onClick={() => setTick(tick + 1)}>
        again
      </button>
      {NAMES.map((name, i) => (
        <Listener key={name} topic={`t${i % 7}`} seen={i === 0 ? seen : [tick]} />
      ))}
    </>
  )
}

function Row({ id }: { id: string }) {
  return <li>{useRun(id).run?.status ?? '…'}</li>
}

function FiftyRuns() {
  useRuns()
  useStatus({ workflow: 'photos' })
  return NAMES.slice(0, 50).map((name, i) => <Row key={name} id={`r${i % 25}`} />)
}

function ConnectionStatus() {
  return <p>{useConnection().status}</p>
}

function Events({ topic }: { topic: string }) {
  const { events, status } = useTopic(topic)
  return <p>{`${topic} ${status} ${events.map((event) => event.data).join(',')}`}</p>
}

function Running() {
  const { isRunning, isLoading, currentRunId } = useStatus({ workflow: 'photos', key: 'k' })
  return <p>{isLoading ? 'loading' : isRunning ? `running ${currentRunId}` : 'free'}</p>
}

function Everything() {
  const run = useRun('r1')
  const { isLoading } = useStatus()
  useTopic('orders')
  return <p>{`${run.status} ${isLoading} ${useConnection().status} ${useRuns().runs.length}`}</p>
}

describe('under StrictMode', () => {
  it('a hundred components with inline handlers are one stream, counted at the server', async () => {
    const seen: unknown[] = []
    render(
      <StrictMode>
        <MonofilProvider url={hub.url} headers={{ 'x-app': 'test' }}>
          <Crowd seen={seen} />
        </MonofilProvider>
      </StrictMode>,
    )
    await until(() => expect(hub.open).toBe(1))
    for (let i = 1; i <= 20; i += 1) act(() => screen.getByRole('button').click())
    hub.last.event('t0', 1)
    await until(() => expect(seen).toEqual([1]))
    expect([hub.streams.length, hub.peak, hub.calls]).toEqual([1, 1, []])
    expect(hub.last.headers['x-app']).toBe('test')
    expect(hub.last.topics).toHaveLength(7)
  })

  it('fifty useRun and everything else ride one stream, and leave none behind', async () => {
    const client = createClient({ url: hub.url, lingerMs: 10 })
    clients.push(client)
    const page = render(
      <StrictMode>
        <MonofilProvider client={client}>
          <FiftyRuns />
        </MonofilProvider>
      </StrictMode>,
    )
    await until(() => expect(hub.streams[0]?.topics).toHaveLength(27))
    const run = { id: 'r3', status: 'paused', round: 1, progress: 3, steps: [], epoch: EPOCH, offset: 2 }
    hub.last.control('snapshot', { topic: 'run:r3', epoch: EPOCH, offset: 2, data: { run, items: [] } })
    await until(() => expect(screen.getAllByText('paused')).toHaveLength(2))
    page.unmount()
    await until(() => expect(hub.open).toBe(0))
    expect([hub.streams.length, client.debug().subscribers, client.debug().timersPending]).toEqual([1, 0, 0])
  })

  it('a token that changes ten times renews the stream once, in place', async () => {
    const tree = (token: string) => (
      <StrictMode>
        <MonofilProvider url={hub.url} token={token}>
          <Listener topic="t" seen={[]} />
          <ConnectionStatus />
        </MonofilProvider>
      </StrictMode>
    )
    const page = render(tree('t0'))
    await until(() => expect(screen.getByText('open')).toBeDefined())
    act(() => {
      for (let i = 1; i <= 10; i += 1) page.rerender(tree(`t${i}`))
    })
    await until(() => expect(hub.patches).toHaveLength(1))
    expect(screen.getByText('open')).toBeDefined()
    expect(hub.patches.map(({ headers, body }) => [headers.authorization, body])).toEqual([['Bearer t10', { seq: 1 }]])
    expect(hub.streams.map((stream) => stream.headers.authorization)).toEqual(['Bearer t0'])
  })
})

it('a component that keeps its state is handed nothing twice, also by another client', async () => {
  const seen: unknown[] = []
  const made = [1, 2].map(() => createClient({ url: hub.url, share: 'none', lingerMs: 10 }))
  clients.push(...made)
  const tree = (which: number) => (
    <StrictMode>
      <MonofilProvider client={made[which] as MonofilClient}>
        <FromTheStart seen={seen} />
      </MonofilProvider>
    </StrictMode>
  )
  const page = render(tree(0))
  await until(() => expect(hub.streams).toHaveLength(1))
  hub.last.event('orders', 1)
  hub.last.event('orders', 2)
  await until(() => expect(seen).toEqual([1, 2]))
  page.rerender(tree(1))
  await until(() => expect(hub.streams).toHaveLength(2))
  expect(hub.last.topics).toEqual([{ topic: 'orders', cursor: `${EPOCH}:2` }])
  hub.last.event('orders', 3)
  await until(() => expect(seen).toEqual([1, 2, 3]))
})

it('useTopic renders with events, newest last, and follows another topic when told', async () => {
  const client = createClient({ url: hub.url, lingerMs: 10 })
  clients.push(client)
  const tree = (topic: string) => (
    <MonofilProvider client={client}>
      <Events topic={topic} />
    </MonofilProvider>
  )
  const page = render(tree('a'))
  await until(() => expect(screen.getByText(/^a ready/)).toBeDefined())
  hub.last.event('a', 1, 'x')
  hub.last.event('a', 2, 'y')
  await until(() => expect(screen.getByText('a ready x,y')).toBeDefined())
  page.rerender(tree('b'))
  await until(() => expect(screen.getByText(/^b ready/)).toBeDefined())
  await until(() => expect(client.debug().refs).toEqual({ b: 1 }))
  expect(hub.streams).toHaveLength(1)
})

it('useStatus tells what runs, and is loading until it knows', async () => {
  const client = createClient({ url: hub.url })
  clients.push(client)
  render(
    <MonofilProvider client={client}>
      <Running />
    </MonofilProvider>,
  )
  expect(screen.getByText('loading')).toBeDefined()
  await until(() => expect(hub.open).toBe(1))
  const other = { workflow: 'photos', key: 'other', runId: 'r1', since: '' }
  hub.last.control('snapshot', { topic: 'status', data: [{ key: 'photos/other', version: 1, data: other }] })
  await until(() => expect(screen.getByText('free')).toBeDefined())
  const mine = { workflow: 'photos', key: 'k', runId: 'r2', since: '' }
  hub.last.control('state', { topic: 'status', key: 'photos/k', version: 2, data: mine })
  await until(() => expect(screen.getByText('running r2')).toBeDefined())
})

it('renders on a server without a request, as what is known before anything', () => {
  const html = renderToString(
    <MonofilProvider url={hub.url} share="none">
      <Everything />
    </MonofilProvider>,
  )
  expect(html).toBe('<p>loading true idle 0</p>')
  expect(hub.streams).toHaveLength(0)
})

it('hooks outside a provider say what is missing', () => {
  const quiet = vi.spyOn(console, 'error').mockImplementation(() => {})
  expect(() => render(<FiftyRuns />)).toThrow(/MonofilProvider/)
  quiet.mockRestore()
})
