/** One tab of the tests of sharing: follows what its address says, and keeps what it saw. */
import { type ClientOptions, createClient, type MonofilClient } from '@monofil/client'

/** What a tab is told, in its address, so that a reload and a duplicate are told the same. */
export interface TabSetup extends Pick<ClientOptions, 'share' | 'sharing' | 'user' | 'resume' | 'marker' | 'backoff'> {
  /** Topics and where they begin; null: with what comes. */
  readonly topics: Readonly<Record<string, string | null>>
  /** Whose unsigned token is sent. */
  readonly sub?: string
  /** Offers the shared worker's script, by this file's name. */
  readonly worker?: string
  /** How many times faster than the wall's this tab's clock runs. */
  readonly haste?: number
  /** Where a page that came back out of the back/forward cache tells what it saw: its driver has lost sight of it. */
  readonly reports?: string
}

/** What a page tells after it came back. */
export interface Report {
  readonly role: string
  readonly seen: Readonly<Record<string, readonly number[]>>
}

/** What a test looks at. */
export interface Tab {
  readonly client: MonofilClient
  readonly setup: TabSetup
  /** Offsets by topic, as the handlers were given them. */
  readonly seen: Record<string, number[]>
  readonly gaps: unknown[]
  /** What handlers threw, and what the client logged as an error. */
  readonly errors: string[]
  /** For each time the page was shown: whether it came out of the back/forward cache. */
  readonly shown: boolean[]
  /** The newest token, which a test may change. */
  token: string
  /** Makes a second client with newer options, as a part of the application that signs in does. */
  adopt(options: ClientOptions): void
  follow(topic: string, cursor: string | null): () => void
  /** Makes the page hidden or visible for script. */
  look(visible: boolean): void
}

declare global {
  interface Window {
    tab: Tab
  }
}

function tokenOf(sub: string): string {
  const part = (value: unknown) => btoa(JSON.stringify(value)).replace(/=+$/, '')
  return `${part({ alg: 'none' })}.${part({ sub })}.x`
}

/** A clock on which a minute passes in a second or two. */
function hasty(haste: number): NonNullable<ClientOptions['clock']> {
  const begin = Date.now()
  return {
    now: () => begin + (Date.now() - begin) * haste,
    after(ms, callback) {
      const timer = setTimeout(callback, ms / haste)
      return () => clearTimeout(timer)
    },
  }
}

function start(): Tab {
  const setup = JSON.parse(decodeURIComponent(location.hash.slice(1))) as TabSetup
  const { topics, sub, worker, haste, reports, ...options } = setup
  const errors: string[] = []
  const note = (message: string, fields?: Readonly<Record<string, unknown>>) => {
    errors.push(`${message} ${String(fields?.['error'] ?? '')}`)
  }
  const tab: Omit<Tab, 'client'> = {
    setup,
    seen: {},
    gaps: [],
    errors,
    shown: [],
    token: sub === undefined ? '' : tokenOf(sub),
    adopt(options) {
      createClient(options)
    },
    follow(topic, cursor) {
      const offsets: number[] = []
      tab.seen[topic] = offsets
      return client.subscribe(topic, {
        cursor: cursor ?? undefined,
        onEvent: ({ offset, data }) => {
          offsets.push(offset ?? -1)
          if (data !== offset) errors.push(`${topic} ${offset} holds ${JSON.stringify(data)}`)
        },
        onGap: (gap) => tab.gaps.push(gap),
      })
    },
    look(visible) {
      const visibilityState = visible ? 'visible' : 'hidden'
      Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => visibilityState })
      document.dispatchEvent(new Event('visibilitychange'))
    },
  }
  const client = createClient({
    ...options,
    ...(sub === undefined ? {} : { token: () => tab.token }),
    ...(worker === undefined ? {} : { worker: (name: string) => new SharedWorker(worker, { type: 'module', name }) }),
    ...(haste === undefined ? {} : { clock: hasty(haste) }),
    logger: { debug() {}, info() {}, warn() {}, error: note },
  })
  window.addEventListener('pageshow', ({ persisted }) => {
    tab.shown.push(persisted)
    if (!persisted || reports === undefined) return
    setInterval(() => {
      const data: Report = { role: client.connection.get().role, seen: tab.seen }
      client.api.publish({ topic: reports, type: 'report', data }).catch(() => {})
    }, 200)
  })
  for (const [topic, cursor] of Object.entries(topics)) tab.follow(topic, cursor)
  return Object.assign(tab, { client })
}

if (location.hash.length > 1) window.tab = start()
