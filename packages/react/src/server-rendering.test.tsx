// @vitest-environment jsdom
import { Writable } from 'node:stream'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { screen } from '@testing-library/react'
import { act, type ReactNode, StrictMode, Suspense } from 'react'
import { hydrateRoot, type Root } from 'react-dom/client'
import { renderToString } from 'react-dom/server'
import { renderToPipeableStream } from 'react-dom/server.node'
import { afterEach, expect, it, vi } from 'vitest'
import { EPOCH } from '../../client/src/testing/raw-hub.ts'
import { Approval } from './Approval.tsx'
import { BatchProgressBar } from './BatchProgressBar.tsx'
import { RunGraph } from './graph/RunGraph.tsx'
import { MonofilProvider } from './MonofilProvider.tsx'
import { useRunQuery, useTopicQuery } from './query/use-queries.ts'
import { RunControls } from './RunControls.tsx'
import { RunsTray } from './RunsTray.tsx'
import { StartButton } from './StartButton.tsx'
import { testPage, until } from './testing/page.tsx'
import { useBatchProgress } from './use-batch-progress.ts'
import { useConnection, useMonofil } from './use-monofil.ts'
import { useRun, useRuns } from './use-run.ts'
import { useRunControls } from './use-run-controls.ts'
import { useSSE } from './use-sse.ts'
import { useStartRun } from './use-start-run.ts'
import { useStatus } from './use-status.ts'
import { useSuspenseRun, useSuspenseTopic } from './use-suspense.ts'
import { useTopic } from './use-topic.ts'
import { useTopicRefetch } from './use-topic-refetch.ts'

const page = testPage()
let root: Root | undefined

afterEach(async () => {
  await act(async () => root?.unmount())
  root = undefined
  document.body.innerHTML = ''
  vi.restoreAllMocks()
})

function Everything() {
  const views = [
    useRun('r1'),
    useRuns(),
    useStatus(),
    useTopic('a'),
    useTopic('b', () => {}),
    useTopicRefetch('c', () => fetch(`${page.hub.url}/c`)),
    useBatchProgress('r2'),
  ]
  const { isConnected } = useMonofil()
  const asked = `${useRunControls('r1').why('pause')} ${useStartRun('photos').blocked}`
  const sse = useSSE({ url: `${page.hub.url}/other`, onMessage: () => {} })
  return (
    <>
      <p>{views.map((view) => `${view.freshness} ${view.lagMs} ${'status' in view ? view.status : ''}`).join()}</p>
      <p>{`${useConnection().status} ${isConnected} ${sse.status}`}</p>
      <p>{asked}</p>
      <RunControls runId="r1" />
      <Approval runId="r1" />
      <StartButton workflow="photos" input={{ folder: 'x' }} />
      <BatchProgressBar runId="r1" />
      <RunsTray owner="ann" href={({ id }) => `/runs/${id}`} />
      <RunGraph runId="r1" />
      <BatchProgressBar runId="r2" variant="dialog" open={false} locale="de" />
    </>
  )
}

function Queries() {
  const queryFn = () => fetch(`${page.hub.url}/orders`)
  const orders = useTopicQuery({ topic: 'orders', queryKey: ['orders'], queryFn })
  return <p>{`queries ${orders.status} ${orders.freshness} ${useRunQuery('r1').status}`}</p>
}

function SuspendedRun() {
  return <p>{`run ${useSuspenseRun('r1').run.status}`}</p>
}

function SuspendedTopic() {
  return <p>{`topic ${useSuspenseTopic('t').status}`}</p>
}

const app = (children: ReactNode) => (
  <StrictMode>
    <MonofilProvider url={page.hub.url} share="none" lingerMs={10} reconnect={false}>
      {children}
    </MonofilProvider>
  </StrictMode>
)

const suspended = () =>
  app(
    <Suspense fallback={<p>wait</p>}>
      <SuspendedRun />
      <SuspendedTopic />
    </Suspense>,
  )

async function hydrate(html: string, tree: ReactNode): Promise<unknown[]> {
  const problems: unknown[] = []
  vi.spyOn(console, 'error').mockImplementation((...words) => problems.push(words))
  document.body.innerHTML = `<main>${html}</main>`
  const main = document.body.firstElementChild as Element
  await act(async () => {
    root = hydrateRoot(main, tree, { onRecoverableError: (error) => problems.push(error) })
  })
  return problems
}

it('every hook and component renders without a request or a timer, and hydrates without a word', async () => {
  const timers = [vi.spyOn(globalThis, 'setTimeout'), vi.spyOn(globalThis, 'setInterval')]
  const html = renderToString(app(<Everything />))
  expect(timers.map((timer) => timer.mock.calls.length)).toEqual([0, 0])
  expect(html).toContain('stale null loading')
  expect(html).toContain('<p>unknown unknown</p>')
  expect([page.hub.streams.length, page.hub.calls.length]).toEqual([0, 0])
  expect(await hydrate(html, app(<Everything />))).toEqual([])
  await until(() => expect(screen.getByText(/^open true/)).toBeDefined())
  expect(page.hub.streams.map(({ topics }) => topics.length)).toEqual([7])
})

it('queries render without a request, and hydrate without a word', async () => {
  const tree = app(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <Queries />
    </QueryClientProvider>,
  )
  const html = renderToString(tree)
  expect(html).toBe('<p>queries pending stale pending</p>')
  expect([page.hub.streams.length, page.hub.calls.length]).toEqual([0, 0])
  expect(await hydrate(html, tree)).toEqual([])
  await until(() => expect(screen.getByText(/pending live|error live/)).toBeDefined())
})

it('what waits is its fallback on the server, and is rendered by the browser', async () => {
  const timers = [vi.spyOn(globalThis, 'setTimeout'), vi.spyOn(globalThis, 'setInterval')]
  const html = renderToString(suspended())
  expect(timers.map((timer) => timer.mock.calls.length)).toEqual([0, 0])
  expect(html).toContain('<p>wait</p>')
  expect(page.hub.streams).toHaveLength(0)
  const problems = await hydrate(html, suspended())
  // React says that it renders here what the server could not; that is no mismatch.
  expect(problems.map(String).filter((words) => !/switched to client rendering/i.test(words))).toEqual([])
  await until(() => expect(page.hub.open).toBe(1))
  const run = { id: 'r1', status: 'running', round: 1, steps: [], progress: 0, epoch: EPOCH, offset: 1 }
  page.hub.last.control('snapshot', { topic: 'run:r1', epoch: EPOCH, offset: 1, data: { run, items: [] } })
  await until(() => expect(screen.getByText('run running')).toBeDefined())
  expect([screen.getByText('topic ready') !== null, page.hub.streams.length]).toEqual([true, 1])
})

it('a streamed answer ends with the fallback and waits for nothing', async () => {
  const errors: unknown[] = []
  const html = await new Promise<string>((resolve, reject) => {
    let text = ''
    const sink = new Writable({
      write(chunk, _, done) {
        text += String(chunk)
        done()
      },
    })
    sink.on('finish', () => resolve(text)).on('error', reject)
    const { pipe } = renderToPipeableStream(suspended(), {
      onError: (error) => {
        errors.push(error)
      },
      onAllReady: () => pipe(sink),
    })
  })
  expect(html).toContain('<p>wait</p>')
  expect([page.hub.streams.length, errors.length]).toEqual([0, 1])
  expect(String(errors[0])).toMatch(/the server renders the fallback/)
})
