/** Data that topics keep current: a TanStack query, a refetched list, and a run that is waited for. */
import type { MonofilClient } from '@monofil/client'
import { MonofilProvider, useMonofil, useSuspenseRun, useTopicRefetch } from '@monofil/react'
import { useTopicQuery } from '@monofil/react/query'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { Component, type ReactNode, StrictMode, Suspense, useState } from 'react'
import { createRoot } from 'react-dom/client'

declare global {
  interface Window {
    reconnect: MonofilClient['reconnect']
  }
}

const runId = new URLSearchParams(location.search).get('run') ?? 'none'
const queryClient = new QueryClient()

/** All that the hub's log holds of the topic. */
async function load(client: MonofilClient): Promise<unknown[]> {
  const { items } = await client.api.topicEvents('orders', { after: '0', limit: 200 })
  return items.map(({ data }) => data)
}

function Orders({ name }: { name: string }) {
  const { client } = useMonofil()
  const { data, freshness } = useTopicQuery({
    topic: 'orders',
    queryKey: ['orders'],
    queryFn: () => load(client),
    update: (orders, event) => (orders.includes(event.data) ? orders : [...orders, event.data]),
  })
  return <p>{`${name} ${freshness} ${data?.join() ?? 'nothing yet'}`}</p>
}

function Refetched() {
  const { client } = useMonofil()
  const [count, setCount] = useState<number | null>(null)
  const { freshness } = useTopicRefetch('orders', async () => setCount((await load(client)).length), { events: true })
  return <p>{`count ${freshness} ${count}`}</p>
}

function Run() {
  const { run, freshness } = useSuspenseRun(runId)
  return <p>{`run ${freshness} ${run.status} ${run.counts.completed}`}</p>
}

class Boundary extends Component<{ children: ReactNode }, { error: Error | null }> {
  override state: { error: Error | null } = { error: null }

  static getDerivedStateFromError(error: Error) {
    return { error }
  }

  override render() {
    return this.state.error === null ? this.props.children : <p>the run is gone</p>
  }
}

function App() {
  const { reconnect } = useMonofil()
  window.reconnect = reconnect
  return (
    <main>
      <Orders name="one" />
      <Orders name="two" />
      <Boundary>
        <Suspense fallback={<p>wait</p>}>
          <Run />
        </Suspense>
      </Boundary>
      {location.hash === '#refetched' && <Refetched />}
    </main>
  )
}

const root = document.querySelector('#root')
if (root === null) throw new Error('no root')
createRoot(root).render(
  <StrictMode>
    <MonofilProvider url={location.origin} backoff={{ minMs: 50, baseMs: 100, maxMs: 300 }}>
      <QueryClientProvider client={queryClient}>
        <App />
      </QueryClientProvider>
    </MonofilProvider>
  </StrictMode>,
)
