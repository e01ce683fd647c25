import type { MonofilClient } from '@monofil/client'

/** One component's time on a topic. `from` and `to`: the offset that the one who stays had seen when it came and left. */
export interface Visit {
  readonly topic: string
  readonly cursor: string | undefined
  /** The stream had been open for a second. Who comes while there is none begins with the head of the next one. */
  readonly steady: boolean
  readonly from: number
  to: number | null
  readonly seen: number[]
}

/** What the page writes down; it outlives every hot update. */
export interface Book {
  /** Of those who stay: what each saw, by name. */
  readonly kept: Record<string, number[]>
  readonly visits: Visit[]
  gaps: number
  /** The newest version of each module that was edited, as it ran. */
  readonly versions: Record<string, number>
  /** Clients in the order they were made: one for each time that `hub.tsx` was loaded. */
  readonly clients: MonofilClient[]
  readonly setToken: { call: (token: string) => void }
  readonly end: { call: () => void }
  /** Of all samples, one each 20 ms: how many, the most timers and streams that `debug()` told of. */
  readonly samples: { count: number; timers: number; streams: number }
  routes: number
}

declare global {
  interface Window {
    book: Book
  }
}

/** The page's book. */
export function book(): Book {
  window.book ??= {
    kept: {},
    visits: [],
    gaps: 0,
    versions: {},
    clients: [],
    setToken: { call: () => {} },
    end: { call: () => {} },
    samples: { count: 0, timers: 0, streams: 0 },
    routes: 0,
  }
  return window.book
}

/** Opens a visit; the answered function ends it. */
export function visit(topic: string, cursor: string | undefined): { seen: number[]; leave(): void } {
  const known = () => book().kept[`direct ${topic}`]?.at(-1) ?? 0
  const { openSince = null } = book().clients[0]?.connection.get() ?? {}
  const steady = openSince !== null && Date.now() - openSince > 1000
  const entry: Visit = { topic, cursor, steady, from: known(), to: null, seen: [] }
  book().visits.push(entry)
  return {
    seen: entry.seen,
    leave() {
      entry.to = known()
    },
  }
}
