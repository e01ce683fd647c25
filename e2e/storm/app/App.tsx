import { MonofilProvider } from '@monofil/react'
import { useEffect, useReducer, useRef, useState } from 'react'
import { book } from './book.ts'
import { Hub } from './hub.tsx'
import { Row } from './Row.tsx'
import { Route } from './routes.tsx'
import { Stayer } from './Stayer.tsx'

const VERSION = 0
book().versions['App'] = VERSION

const SLOTS = 100
const TICK_MS = 50
const TOPICS = ['kept/a', 'kept/b', 'loose/c', 'loose/d', 'loose/e', 'loose/f', 'loose/g']
const PATHS = ['/', '/orders', '/run', '/overview']

interface Slot {
  readonly key: number
  readonly topic: string
  readonly kind: 'own' | 'hub' | 'from the start'
}

const pick = <T,>(list: readonly T[]): T => list[Math.floor(Math.random() * list.length)] as T

function useTicks(ms: number): number {
  const [tick, next] = useReducer((value: number) => value + 1, 0)
  useEffect(() => {
    const timer = setInterval(next, ms)
    return () => clearInterval(timer)
  }, [ms])
  return tick
}

/** A hundred places for components, eight of them changed at each tick. */
function useSlots(): readonly (Slot | null)[] {
  const tick = useTicks(TICK_MS)
  const slots = useRef<(Slot | null)[]>(Array.from({ length: SLOTS }, () => null))
  const made = useRef(0)
  const [shown, show] = useState<readonly (Slot | null)[]>([])
  useEffect(() => {
    for (let i = 0; i < 8; i += 1) {
      const at = Math.floor(Math.random() * SLOTS)
      const full = slots.current[at] !== null
      made.current += 1
      const slot: Slot = {
        key: made.current,
        topic: pick(TOPICS),
        kind: pick(['own', 'own', 'hub', 'hub', 'from the start']),
      }
      slots.current[at] = full ? null : slot
    }
    show([...slots.current])
  }, [tick])
  return shown
}

/** The router: the path is the page's, and another every third of a second. */
function usePath(): string {
  const tick = useTicks(300)
  const [path, go] = useState('/')
  useEffect(() => {
    const next = pick(PATHS)
    history.pushState(null, '', next + location.search)
    book().routes = tick
    go(next)
  }, [tick])
  return path
}

function Storm() {
  const slots = useSlots()
  const path = usePath()
  return (
    <>
      <ul>
        {slots.map((slot) => {
          if (slot === null) return null
          const row = (
            <Row key={slot.key} topic={slot.topic} cursor={slot.kind === 'from the start' ? '0' : undefined} />
          )
          return slot.kind === 'hub' ? <Hub key={slot.key}>{row}</Hub> : row
        })}
      </ul>
      <Route path={path} />
    </>
  )
}

/** The whole application. */
export function App({ fast }: { fast: boolean }) {
  const [token, setToken] = useState('token-0')
  useEffect(() => {
    book().setToken.call = setToken
  }, [])
  return (
    <MonofilProvider
      url={location.origin}
      token={token}
      share="tab"
      headers={{ 'x-inline': 'new on every render' }}
      {...(fast ? { backoff: { minMs: 20, baseMs: 40, maxMs: 80 } } : {})}
    >
      <Stayer name="own kept/a" topic="kept/a" />
      <Hub>
        <Stayer name="hub kept/b" topic="kept/b" />
      </Hub>
      <Storm />
    </MonofilProvider>
  )
}
