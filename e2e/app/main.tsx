/**
 * An application that does everything that used to multiply streams: StrictMode, a hundred components on the same and
 * on other topics, handlers that are new on every render, `connect()` in a loop, components that come and go.
 */
import { BatchProgressBar, MonofilProvider, useMonofil, useRun, useRuns, useStatus, useTopic } from '@monofil/react'
import { StrictMode, useEffect, useReducer, useState } from 'react'
import { createRoot } from 'react-dom/client'

declare global {
  interface Window {
    seen: Record<string, number[]>
  }
}
window.seen = {}

const runId = new URLSearchParams(location.search).get('run') ?? 'none'

function Listener({ name, topic }: { name: string; topic: string }) {
  useTopic(topic, {
    onEvent: (event) => {
      window.seen[name] ??= []
      if (event.offset !== null) window.seen[name].push(event.offset)
    },
  })
  return null
}

function Watcher() {
  const { run } = useRun(runId)
  return <li>{run?.status ?? '…'}</li>
}

function Churn() {
  const [tick, next] = useReducer((value: number) => value + 1, 0)
  const client = useMonofil()
  useEffect(() => {
    const timer = setInterval(next, 50)
    return () => clearInterval(timer)
  }, [])
  useEffect(() => {
    for (let i = 0; i < 20; i += 1) void client.connect()
  }, [client])
  return (
    <>
      {Array.from({ length: tick % 10 }, (_, i) => (
        <Listener key={`${tick}-${i}`} name="churn" topic="orders" />
      ))}
    </>
  )
}

function App() {
  useRuns()
  useStatus({})
  const [shown] = useState(() => Array.from({ length: 100 }, (_, i) => i))
  return (
    <main>
      <BatchProgressBar runId={runId} items={false} />
      <ul>
        {shown.map((i) => (
          <Watcher key={i} />
        ))}
      </ul>
      <Listener name="steady" topic="orders" />
      {shown.map((i) => (
        <Listener key={i} name="many" topic="orders" />
      ))}
      <Churn />
    </main>
  )
}

const root = document.querySelector('#root')
if (root === null) throw new Error('no root')
createRoot(root).render(
  <StrictMode>
    <MonofilProvider url={location.origin}>
      <App />
    </MonofilProvider>
  </StrictMode>,
)
