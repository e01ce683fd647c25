// @vitest-environment jsdom
import type { MonofilClient } from '@monofil/client'
import { render, screen } from '@testing-library/react'
import { act, Component, type ReactNode, Suspense, useState } from 'react'
import { expect, it } from 'vitest'
import { EPOCH } from '../../client/src/testing/raw-hub.ts'
import { MonofilProvider } from './MonofilProvider.tsx'
import { testPage, until } from './testing/page.tsx'
import { useSuspenseRun, useSuspenseTopic } from './use-suspense.ts'

const page = testPage()

class Boundary extends Component<{ children: ReactNode }, { error: Error | null }> {
  override state: { error: Error | null } = { error: null }

  static getDerivedStateFromError(error: Error) {
    return { error }
  }

  override render() {
    const { error } = this.state
    if (error === null) return this.props.children
    return (
      <button type="button" onClick={() => this.setState({ error: null })}>
        {error.message}
      </button>
    )
  }
}

const renders = { count: 0 }

function Run({ id }: { id: string }) {
  renders.count += 1
  const { run, freshness } = useSuspenseRun(id)
  return <p>{`${id} ${run.status} ${freshness}`}</p>
}

function Topic() {
  const { events, status } = useSuspenseTopic('t')
  return <p>{`t ${status} ${events.map(({ data }) => data).join()}`}</p>
}

function Choice() {
  const [id, choose] = useState('r1')
  return (
    <>
      <button type="button" onClick={() => choose('r2')}>
        next
      </button>
      <Suspense fallback={<p>wait</p>}>
        <Run id={id} />
      </Suspense>
    </>
  )
}

const waiting = (children: ReactNode) => (
  <Boundary>
    <Suspense fallback={<p>wait</p>}>{children}</Suspense>
  </Boundary>
)
const show = (children: ReactNode, client?: MonofilClient) => page.render(waiting(children), client)
const shows = (text: string | RegExp) => until(() => expect(screen.getByText(text)).toBeDefined())

function snapshot(id: string, status: string, offset = 1) {
  const run = { id, status, round: 1, steps: [], progress: 0, epoch: EPOCH, offset }
  page.hub.last.control('snapshot', { topic: `run:${id}`, epoch: EPOCH, offset, data: { run, items: [] } })
}

it('waits for all at once on one stream, then stays live', async () => {
  renders.count = 0
  const client = page.client()
  const shown = show(
    <>
      <Run id="r1" />
      <Run id="r2" />
      <Topic />
    </>,
    client,
  )
  expect(screen.getByText('wait')).toBeDefined()
  await until(() => expect(Object.keys(client.debug().refs).sort()).toEqual(['run:r1', 'run:r2', 't']))
  await until(() => expect(client.connection.get().status).toBe('open'))
  const before = renders.count
  snapshot('r1', 'running')
  snapshot('r2', 'paused')
  await shows('r1 running live')
  expect(screen.getByText('r2 paused live')).toBeDefined()
  await shows('t ready')
  page.hub.last.event('t', 1, 'x')
  await shows('t ready x')
  expect([page.hub.streams.length, renders.count - before < 20, before < 20]).toEqual([1, true, true])
  shown.unmount()
})

it('another id waits again', async () => {
  page.render(<Choice />)
  await until(() => expect(page.hub.open).toBe(1))
  snapshot('r1', 'running')
  await shows('r1 running live')
  act(() => screen.getByRole('button').click())
  await shows('wait')
  await until(() => expect(page.hub.patches).toHaveLength(1))
  snapshot('r2', 'paused')
  await shows('r2 paused live')
  expect(page.hub.streams).toHaveLength(1)
})

it.each([
  ['not_found', /is not there/],
  ['forbidden', /is not sent by the hub/],
])('throws %s to the error boundary, once, and asks again when told to', async (code, text) => {
  const quiet = silence()
  renders.count = 0
  page.hub.onStream = (stream) => stream.hello({ topics: [], denied: [{ topic: 'run:r1', code: code as 'forbidden' }] })
  const client = page.client({ lingerMs: 1 })
  show(<Run id="r1" />, client)
  await shows(text)
  expect([page.hub.streams.length, renders.count < 20]).toEqual([1, true])
  await until(() => expect(client.debug()).toMatchObject({ subscribers: 0, timersPending: 0, open: false }))
  page.hub.onStream = (stream) => {
    stream.hello()
    snapshot('r1', 'running')
  }
  act(() => screen.getByRole('button').click())
  await shows('r1 running live')
  expect(page.hub.streams).toHaveLength(2)
  quiet()
})

it('throws when the client has given up, and not when it only waits', async () => {
  const quiet = silence()
  page.hub.onStream = (stream, number) => stream.refuse(number < 3 ? 503 : 410)
  const client = page.client({ backoff: { minMs: 1, baseMs: 1, jitter: false } })
  show(<Run id="r1" />, client)
  await until(() => expect(client.connection.get().status).toBe('failed'))
  await shows(/410|gone|refused/i)
  expect(page.hub.streams).toHaveLength(3)
  quiet()
})

it('a provider inside the boundary neither loops nor opens another stream', async () => {
  renders.count = 0
  render(
    waiting(
      <MonofilProvider url={page.hub.url} share="tab" reconnect={false}>
        <Run id="r1" />
      </MonofilProvider>,
    ),
  )
  await until(() => expect(page.hub.open).toBe(1))
  snapshot('r1', 'running')
  await shows('r1 running live')
  expect([page.hub.streams.length, renders.count < 10]).toEqual([1, true])
})

/** React prints what a boundary catches. */
function silence(): () => void {
  const original = console.error
  console.error = () => {}
  return () => {
    console.error = original
  }
}
