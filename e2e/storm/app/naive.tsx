/** The control: what applications write by hand, with the mistakes that are found in the wild. */
import { StrictMode, useEffect, useReducer } from 'react'
import { createRoot } from 'react-dom/client'

const hub = new URLSearchParams(location.search).get('hub') ?? ''
const COMPONENTS = 8
/** The control ends: beyond this many it opens no more. */
const CAP = 400

declare global {
  interface Window {
    naive: { opened: number; end(): void }
  }
}

// A handler and options that are new on every render make another source; the timer is nobody's to clear.
function useNaive(topic: string, options: { retryMs: number }, onMessage: (event: MessageEvent) => void): void {
  useEffect(() => {
    let source: EventSource | undefined
    const connect = () => {
      if (window.naive.opened >= CAP) return
      window.naive.opened += 1
      source = new EventSource(`${hub}/v1/stream?topics=${topic}`)
      source.onmessage = onMessage
      source.onerror = () => setTimeout(connect, options.retryMs)
    }
    connect()
    return () => source?.close()
  }, [topic, options, onMessage])
}

function Row({ topic }: { topic: string }) {
  useNaive(topic, { retryMs: 300 }, () => {})
  return null
}

function App() {
  const [tick, next] = useReducer((value: number) => value + 1, 0)
  useEffect(() => {
    const timer = setInterval(next, 250)
    return () => clearInterval(timer)
  }, [])
  return Array.from({ length: COMPONENTS - (tick % 3) }, (_, i) => <Row key={i} topic={`naive-${i}`} />)
}

const element = document.querySelector('#root')
if (element === null) throw new Error('no root')
const root = createRoot(element)
window.naive = { opened: 0, end: () => root.unmount() }
root.render(
  <StrictMode>
    <App />
  </StrictMode>,
)
