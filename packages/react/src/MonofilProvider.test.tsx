// @vitest-environment jsdom
import type { ClientOptions, MonofilClient } from '@monofil/client'
import { type RenderResult, render, screen } from '@testing-library/react'
import { act, StrictMode } from 'react'
import { expect, it, vi } from 'vitest'
import { RawHub } from '../../client/src/testing/raw-hub.ts'
import { MonofilProvider } from './MonofilProvider.tsx'
import { testPage, until } from './testing/page.tsx'
import { useMonofil } from './use-monofil.ts'
import { useTopic } from './use-topic.ts'

const page = testPage()

/** The client of the last render, and how many there have been. */
const clients = new Set<MonofilClient>()

function Reader() {
  const { client, connection } = useMonofil()
  clients.add(client)
  const { events, status } = useTopic('t')
  return <p>{`${connection.status} ${status} ${events.map(({ data }) => data).join()}`}</p>
}

const tree = (options: ClientOptions) => (
  <StrictMode>
    <MonofilProvider url={page.hub.url} share="tab" lingerMs={10} {...options}>
      <Reader />
    </MonofilProvider>
  </StrictMode>
)

const shows = (text: string | RegExp) => until(() => expect(screen.getByText(text)).toBeDefined())
const bearers = () => page.hub.streams.map(({ headers }) => headers.authorization)
const renewals = () => page.hub.patches.map(({ headers }) => headers.authorization)

/** Whatever is shown leaves nothing: no stream, no subscriber, no timer. */
async function leavesNothing(shown: RenderResult, hub = page.hub): Promise<void> {
  shown.unmount()
  await until(() => expect(hub.open).toBe(0))
  for (const client of clients) {
    await until(() => expect(client.debug()).toMatchObject({ subscribers: 0, timersPending: 0, refs: {} }))
    client.close()
  }
  clients.clear()
}

/** A source of tokens as applications write it: a class whose methods need their object. */
class Session {
  readonly #listeners = new Set<() => void>()
  #token: string

  constructor(token: string) {
    this.#token = token
  }

  get(): string {
    return this.#token
  }

  subscribe(onChange: () => void): () => void {
    this.#listeners.add(onChange)
    return () => this.#listeners.delete(onChange)
  }

  change(token: string): void {
    this.#token = token
    for (const listener of this.#listeners) listener()
  }

  get listeners(): number {
    return this.#listeners.size
  }
}

it('a source of tokens that is a class: its changes renew the stream once, and it is let go', async () => {
  const session = new Session('t0')
  const shown = render(tree({ token: session }))
  await shows(/^open/)
  for (let i = 0; i < 10; i += 1) shown.rerender(tree({ token: session }))
  for (let i = 1; i <= 10; i += 1) session.change(`t${i}`)
  await until(() => expect(renewals()).toEqual(['Bearer t10']))
  const other = new Session('u0')
  shown.rerender(tree({ token: other }))
  expect([session.listeners, other.listeners]).toEqual([0, 1])
  other.change('u1')
  await until(() => expect(renewals()).toEqual(['Bearer t10', 'Bearer u1']))
  expect([bearers(), clients.size]).toEqual([['Bearer t0'], 1])
  await leavesNothing(shown)
  expect(other.listeners).toBe(0)
})

it('a source that is inline in every render pushes only when it says so', async () => {
  const session = new Session('t0')
  const inline = () => ({ get: () => session.get(), subscribe: (onChange: () => void) => session.subscribe(onChange) })
  const shown = render(tree({ token: inline() }))
  await shows(/^open/)
  for (let i = 0; i < 20; i += 1) shown.rerender(tree({ token: inline() }))
  page.hub.last.event('t', 1, 'x')
  await shows('open ready x')
  expect([page.hub.calls.length, session.listeners, clients.size]).toEqual([0, 1, 1])
  session.change('t1')
  await until(() => expect(renewals()).toEqual(['Bearer t1']))
  await leavesNothing(shown)
  expect(session.listeners).toBe(0)
})

it('a token that is a string, then a function, then another string is pushed each time, on one stream', async () => {
  const shown = render(tree({ token: 'a' }))
  await shows(/^open/)
  shown.rerender(tree({ token: () => 'b' }))
  await until(() => expect(renewals()).toEqual(['Bearer b']))
  for (const word of ['c', 'd', 'e']) shown.rerender(tree({ token: async () => word }))
  shown.rerender(tree({ token: 'f' }))
  await until(() => expect(renewals()).toEqual(['Bearer b', 'Bearer f']))
  expect([bearers(), clients.size]).toEqual([['Bearer a'], 1])
  await leavesNothing(shown)
})

it('of functions in every render the newest is asked', async () => {
  const fetches: string[] = []
  const options = (word: string): ClientOptions => ({
    token: () => word,
    fetch: (...request) => {
      fetches.push(word)
      return fetch(...request)
    },
    headers: () => ({ 'x-word': word }),
    backoff: { minMs: 1, baseMs: 1 },
  })
  const shown = render(tree(options('old')))
  await shows(/^open/)
  shown.rerender(tree(options('new')))
  page.hub.last.cut()
  await until(() => expect(page.hub.streams).toHaveLength(2))
  expect([bearers(), page.hub.last.headers['x-word']]).toEqual([['Bearer old', 'Bearer new'], 'new'])
  expect([...new Set(fetches)]).toEqual(['old', 'new'])
  await leavesNothing(shown)
})

it('a token that appears later signs in on one stream', async () => {
  const shown = render(tree({}))
  await shows(/^open/)
  shown.rerender(tree({ token: 't' }))
  await until(() => expect([...renewals(), ...bearers()]).toContain('Bearer t'))
  page.hub.last.event('t', 1, 'x')
  await shows('open ready x')
  expect([page.hub.peak, page.hub.open]).toEqual([1, 1])
  await leavesNothing(shown)
})

it('a token that goes away is never a silent fall back to anonymous', async () => {
  const shown = render(tree({ token: 't' }))
  await shows(/^open/)
  shown.rerender(tree({}))
  await until(() => expect(clients.size).toBe(2))
  page.hub.last.cut()
  await until(() => expect([...clients].at(-1)?.connection.get().lastError?.code).toBe('unauthorized'))
  expect([bearers(), renewals()]).toEqual([['Bearer t'], []])
  await leavesNothing(shown)
})

it('headers that appear later, or with another url, are sent from then on', async () => {
  const other = await RawHub.start()
  const shown = render(tree({}))
  await shows(/^open/)
  shown.rerender(tree({ headers: { 'x-app': 'one' } }))
  page.hub.last.cut()
  await until(() => expect(page.hub.streams).toHaveLength(2))
  expect(page.hub.last.headers['x-app']).toBe('one')
  await shows(/^open/)
  shown.rerender(tree({}))
  shown.rerender(tree({ url: other.url, headers: { 'x-app': 'two' } }))
  await until(() => expect(other.open).toBe(1))
  expect([other.last.headers['x-app'], page.hub.peak]).toEqual(['two', 1])
  await until(() => expect(page.hub.open).toBe(0))
  await leavesNothing(shown, other)
  await other.close()
})

it("a client of one's own may be another one, and is not closed", async () => {
  const [first, second] = [page.client(), page.client()]
  const given = (client: MonofilClient) => (
    <MonofilProvider client={client}>
      <Reader />
    </MonofilProvider>
  )
  const shown = render(given(first))
  await shows(/^open/)
  shown.rerender(given(second))
  await until(() => expect([first.debug().open, second.debug().open]).toEqual([false, true]))
  shown.unmount()
  await until(() => expect(page.hub.open).toBe(0))
  act(() => first.connect())
  await until(() => expect(first.connection.get().status).toBe('open'))
  clients.clear()
})

it('a provider that comes and goes a hundred times keeps one stream and nothing of the page', async () => {
  const listen = vi.spyOn(document, 'addEventListener')
  const leave = vi.spyOn(document, 'removeEventListener')
  const options: ClientOptions = { lingerMs: 200 }
  for (let i = 0; i < 100; i += 1) render(tree(options)).unmount()
  const shown = render(tree(options))
  await shows(/^open/)
  expect([page.hub.streams.length, page.hub.peak]).toEqual([1, 1])
  await leavesNothing(shown)
  const count = (spy: typeof listen) => spy.mock.calls.filter(([type]) => type === 'visibilitychange').length
  expect(count(listen) - count(leave as typeof listen)).toBeLessThan(2)
  vi.restoreAllMocks()
})
