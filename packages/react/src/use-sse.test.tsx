// @vitest-environment jsdom
import { createSseStreams, pageStreams } from '@monofil/client/sse'
import { cleanup, render, screen, waitFor } from '@testing-library/react'
import { Activity, act, StrictMode } from 'react'
import { renderToString } from 'react-dom/server'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FakeClock } from '../../client/src/testing/fake-clock.ts'
import { SseServer } from '../../client/src/testing/sse-server.ts'
import { type Sse, type UseSseOptions, useSSE } from './use-sse.ts'

let server: SseServer
/** What a component said last, by its name. */
let views: Record<string, Sse>

beforeEach(async () => {
  server = await SseServer.start()
  // jsdom's page has another origin.
  server.onRequest = (exchange) => exchange.head(CORS)
  views = {}
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
})

afterEach(async () => {
  cleanup()
  pageStreams().closeAll()
  await server.close()
  vi.unstubAllGlobals()
})

const CORS = { 'access-control-allow-origin': '*' }
const until = (condition: () => void) => waitFor(condition, { timeout: 5000, interval: 5 })

function Stream({ name = 'one', ...options }: UseSseOptions & { name?: string }) {
  const sse = useSSE(options)
  views[name] = sse
  return <p>{`${sse.status} ${sse.error?.code ?? 'fine'} ${sse.lastEvent?.data ?? 'none'}`}</p>
}

describe('under StrictMode', () => {
  it('a component makes one request, whatever changes its identity in a render', async () => {
    const seen: string[] = []
    const tree = (tick: number) => (
      <StrictMode>
        <Stream
          url={server.url}
          closeOn={['complete']}
          headers={{}}
          onMessage={({ data }) => seen.push(`${data} ${tick}`)}
          onOpen={() => seen.push('open')}
        />
      </StrictMode>
    )
    const page = render(tree(0))
    await until(() => expect(seen).toEqual(['open']))
    const first = views['one']
    for (let tick = 1; tick <= 20; tick += 1) page.rerender(tree(tick))
    expect(views['one']).toBe(first)
    server.last.raw('data: x\n\n')
    await until(() => expect(seen).toEqual(['open', 'x 20']))
    expect([server.exchanges.length, pageStreams().activeCount]).toEqual([1, 1])
  })

  it('fifty components with one url make one request, and those with streams of their own one each', async () => {
    const names = Array.from({ length: 50 }, (_, i) => `n${i}`)
    render(
      <StrictMode>
        {names.map((name) => (
          <Stream key={name} name={name} url={server.url} />
        ))}
        <Stream name="own1" url={server.url} single={false} />
        <Stream name="own2" url={server.url} single={false} />
      </StrictMode>,
    )
    await until(() => expect(Object.values(views).every(({ isConnected }) => isConnected)).toBe(true))
    server.exchanges[0]?.raw('data: x\n\n')
    await until(() => expect(screen.getAllByText('open fine x').length).toBeGreaterThanOrEqual(1))
    expect([server.exchanges.length, server.open, pageStreams().activeCount]).toEqual([3, 3, 3])
    for (const exchange of server.exchanges) exchange.raw('data: y\n\n')
    await until(() => expect(screen.getAllByText('open fine y')).toHaveLength(52))
  })
})

describe('errors', () => {
  it('an event named error is a message', async () => {
    const told: string[] = []
    render(
      <Stream
        url={server.url}
        onMessage={({ event, data }) => told.push(`${event} ${data}`)}
        onError={(error) => told.push(error.code)}
      />,
    )
    await until(() => expect(views['one']?.isConnected).toBe(true))
    server.last.raw('event: error\ndata: quota\n\ndata: next\n\n')
    await until(() => expect(told).toEqual(['error quota', 'message next']))
    const { status, error, lastEvent } = views['one'] ?? {}
    expect([status, error, lastEvent, server.open]).toEqual(['open', null, null, 1])
  })

  it('a transport error goes to onError and to the state, and the stream comes back', async () => {
    const told: string[] = []
    render(
      <Stream
        url={server.url}
        onMessage={({ event }) => told.push(event)}
        onError={(error, willRetry) => told.push(`${error.code} ${willRetry}`)}
      />,
    )
    await until(() => expect(views['one']?.isConnected).toBe(true))
    server.last.cut()
    await until(() => expect(screen.getByText('waiting node_unreachable none')).toBeDefined())
    await until(() => expect(screen.getByText('open fine none')).toBeDefined())
    expect([told, server.exchanges.length, server.peak]).toEqual([['node_unreachable true'], 2, 1])
  })

  it('a refusal is final, until reconnect', async () => {
    server.onRequest = (exchange, number) => (number === 1 ? exchange.refuse(403, CORS) : exchange.head(CORS))
    const told: string[] = []
    render(<Stream url={server.url} onError={(error, willRetry) => told.push(`${error.code} ${willRetry}`)} />)
    await until(() => expect(screen.getByText('failed forbidden none')).toBeDefined())
    expect([told, pageStreams().activeCount]).toEqual([['forbidden false'], 0])
    act(() => views['one']?.reconnect())
    await until(() => expect(screen.getByText('open fine none')).toBeDefined())
    expect(server.exchanges).toHaveLength(2)
  })

  it('a url that is none is a failure, not a crash', async () => {
    const told: string[] = []
    render(<Stream url="http://[bogus" onError={(error) => told.push(error.code)} />)
    await until(() => expect(screen.getByText('failed invalid_request none')).toBeDefined())
    expect(told).toEqual(['invalid_request'])
  })
})

describe('end', () => {
  it('comes with an event of closeOn, without another request', async () => {
    const clock = new FakeClock()
    const streams = createSseStreams({ clock })
    server.onRequest = (exchange) => exchange.head(CORS).end('event: complete\ndata: all\n\n')
    render(<Stream url={server.url} closeOn={['complete', 'failed']} streams={streams} />)
    await until(() => expect(screen.getByText('ended fine all')).toBeDefined())
    await until(() => expect(server.open).toBe(0))
    expect([server.exchanges.length, streams.activeCount, clock.timers]).toEqual([1, 0, 0])
  })

  it('comes a second after the last component has left', async () => {
    const page = render(<Stream url={server.url} />)
    await until(() => expect(views['one']?.isConnected).toBe(true))
    page.unmount()
    const left = Date.now()
    expect(server.open).toBe(1)
    await until(() => expect(server.open).toBe(0))
    expect(Date.now() - left).toBeGreaterThan(800)
    expect([server.exchanges.length, pageStreams().activeCount]).toEqual([1, 0])
  })

  it('comes at once with close, lasts over renders, and reconnect begins anew', async () => {
    const page = render(<Stream url={server.url} />)
    await until(() => expect(views['one']?.isConnected).toBe(true))
    act(() => views['one']?.close())
    expect([screen.getByText('closed fine none') !== null, pageStreams().activeCount]).toEqual([true, 0])
    await until(() => expect(server.open).toBe(0))
    page.rerender(<Stream url={server.url} />)
    expect([pageStreams().activeCount, views['one']?.status]).toEqual([0, 'closed'])
    act(() => views['one']?.reconnect())
    await until(() => expect(views['one']?.isConnected).toBe(true))
    expect(server.exchanges).toHaveLength(2)
  })
})

it('a component that is hidden leaves its stream, comes back to it, and stays closed if it was', async () => {
  const streams = createSseStreams()
  const tree = (mode: 'visible' | 'hidden') => (
    <Activity mode={mode}>
      <Stream url={server.url} streams={streams} />
    </Activity>
  )
  const page = render(tree('visible'))
  await until(() => expect(views['one']?.isConnected).toBe(true))
  page.rerender(tree('hidden'))
  await until(() => expect(streams.activeCount).toBe(0))
  page.rerender(tree('visible'))
  await until(() => expect(server.exchanges).toHaveLength(2))
  await until(() => expect(views['one']?.isConnected).toBe(true))
  act(() => views['one']?.close())
  page.rerender(tree('hidden'))
  page.rerender(tree('visible'))
  await until(() => expect(server.open).toBe(0))
  expect([views['one']?.status, streams.activeCount, server.exchanges.length]).toEqual(['closed', 0, 2])
})

it('reconnect replaces an open stream', async () => {
  render(<Stream url={server.url} />)
  await until(() => expect(views['one']?.isConnected).toBe(true))
  act(() => views['one']?.reconnect())
  await until(() => expect(server.exchanges).toHaveLength(2))
  await until(() => expect(views['one']?.isConnected).toBe(true))
  await until(() => expect(server.open).toBe(1))
})

it('another url moves the component, and what came from the first is gone', async () => {
  const page = render(<Stream url={`${server.url}?a`} />)
  await until(() => expect(views['one']?.isConnected).toBe(true))
  server.last.raw('data: from a\n\n')
  await until(() => expect(screen.getByText('open fine from a')).toBeDefined())
  page.rerender(<Stream url={`${server.url}?b`} />)
  expect(screen.getByText('connecting fine none')).toBeDefined()
  await until(() => expect(views['one']?.isConnected).toBe(true))
  await until(() => expect(server.open).toBe(1))
  expect(server.exchanges.map(({ path, closed }) => [path, closed])).toEqual([
    ['/events?a', true],
    ['/events?b', false],
  ])
})

it('other names in closeOn do not touch the stream, and count', async () => {
  const page = render(<Stream url={server.url} closeOn={['a']} />)
  await until(() => expect(views['one']?.isConnected).toBe(true))
  page.rerender(<Stream url={server.url} closeOn={['b']} />)
  await until(() => expect(views['one']?.isConnected).toBe(true))
  server.last.raw('event: a\ndata: 1\n\n')
  await until(() => expect(screen.getByText('open fine 1')).toBeDefined())
  server.last.raw('event: b\ndata: 2\n\n')
  await until(() => expect(screen.getByText('ended fine 2')).toBeDefined())
  expect(server.exchanges).toHaveLength(1)
})

it('follows nothing while not enabled or without a url', async () => {
  const page = render(<Stream url={server.url} enabled={false} />)
  expect(screen.getByText('idle fine none')).toBeDefined()
  page.rerender(<Stream url={null} />)
  act(() => views['one']?.reconnect())
  expect([views['one']?.status, pageStreams().activeCount]).toEqual(['idle', 0])
  page.rerender(<Stream url={server.url} enabled />)
  await until(() => expect(views['one']?.isConnected).toBe(true))
  page.rerender(<Stream url={server.url} enabled={false} />)
  await until(() => expect(server.open).toBe(0))
  expect([views['one']?.status, server.exchanges.length]).toEqual(['idle', 1])
})

it('renders on a server without a request', () => {
  expect(renderToString(<Stream url={server.url} />)).toBe('<p>connecting fine none</p>')
  expect([server.exchanges.length, pageStreams().activeCount]).toEqual([0, 0])
})
