import type { ConnectionRow } from '../api.ts'
import { makeClient } from '../client.ts'
import type { Token } from '../options.ts'
import type { MonofilClient } from '../types.ts'
import type { RequestSource } from './browser.ts'
import { type SingleOptions, type WatchOptions, watchConnections } from './watch.ts'

/** A client, as far as it is looked at. */
export type LookedAt = Pick<MonofilClient, 'connection' | 'debug'>

/** The hub's own list of streams; the credential must be allowed to see it (admin). */
export interface HubTarget {
  readonly url: string
  readonly token?: Token | undefined
  /** Only streams of this name or this user are counted. Default: all. */
  readonly marker?: string | undefined
  readonly user?: string | undefined
}

/** How long to wait for the stream, in ms: 5,000. */
export interface ExpectOptions {
  readonly timeoutMs?: number | undefined
}

/** What the page does while its streams are counted: open it in here, or reload it. */
export interface DuringOptions extends SingleOptions, WatchOptions {
  readonly during: () => unknown
}

/** Between two looks at the hub's list. */
const LOOK_MS = 50

/**
 * Resolves if there is exactly one stream, and rejects with a list of them otherwise. Asked of a client or several (a
 * tab that follows has its one in another tab), of the hub's own list, or of a Playwright page or context `during` an
 * action.
 */
export function expectSingleConnection(target: LookedAt | readonly LookedAt[], options?: ExpectOptions): Promise<void>
export function expectSingleConnection(target: HubTarget, options?: ExpectOptions): Promise<void>
export function expectSingleConnection(target: RequestSource, options: DuringOptions): Promise<void>
export function expectSingleConnection(
  target: LookedAt | readonly LookedAt[] | HubTarget | RequestSource,
  options: ExpectOptions | DuringOptions = {},
): Promise<void> {
  if ('on' in target && 'during' in options) return ofBrowser(target, options)
  const { timeoutMs = 5000 } = options
  if ('debug' in target) return ofClients([target], timeoutMs)
  if ('length' in target) return ofClients(target, timeoutMs)
  if ('url' in target) return ofHub(target, timeoutMs)
  return Promise.reject(new TypeError('a page or context needs the options `hub` and `during`'))
}

async function ofBrowser(
  source: RequestSource,
  { during, timeoutMs, forMs, ...options }: DuringOptions,
): Promise<void> {
  const watch = watchConnections(source, options)
  try {
    await during()
    await watch.expectSingle({ timeoutMs, forMs })
  } finally {
    watch.stop()
  }
}

async function ofClients(clients: readonly LookedAt[], timeoutMs: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const look = () => {
    if (tooMany(clients) || clients.every((client) => client.connection.get().status === 'open')) resolve()
  }
  const leaves = clients.map((client) => client.connection.subscribe(look))
  const timer = setTimeout(resolve, timeoutMs)
  look()
  await promise
  clearTimeout(timer)
  for (const leave of leaves) leave()
  const fault = tooMany(clients) ? 'there are more' : faultOf(clients, timeoutMs)
  if (fault === null) return
  const lines = clients.map((client) => {
    const { marker, rank, status, activeConnections, timersPending, lastError } = client.debug()
    const error = lastError === null ? '' : `, last error: ${lastError.message}`
    return `  ${marker}: ${status}, ${rank}, streams ${activeConnections}, timers ${timersPending}${error}`
  })
  throw new Error(`expected one stream, and ${fault}:\n${lines.join('\n')}`)
}

function faultOf(clients: readonly LookedAt[], timeoutMs: number): string | null {
  const shut = clients.filter((client) => client.connection.get().status !== 'open')
  if (shut.length > 0) return `${shut.length} of ${clients.length} clients are not connected after ${timeoutMs} ms`
  const seen = clients.map((client) => client.debug())
  // Whoever follows has its stream in another tab, which this test cannot see.
  if (streamsOf(clients) === 0 && seen.every(({ role }) => role !== 'follower')) return 'there is none'
  if (seen.some(({ timersPending }) => timersPending > 1)) return 'more than one timer is pending'
  return null
}

const tooMany = (clients: readonly LookedAt[]) => streamsOf(clients) > 1

/** Clients of one tab and hub ride one stream, under one marker. */
function streamsOf(clients: readonly LookedAt[]): number {
  const streams = clients.map((client) => client.debug()).filter(({ activeConnections }) => activeConnections > 0)
  return new Set(streams.map(({ url, marker }) => `${url} ${marker}`)).size
}

async function ofHub({ url, token, marker, user }: HubTarget, timeoutMs: number): Promise<void> {
  const client = makeClient({ url, token, share: 'none' })
  const until = performance.now() + timeoutMs
  try {
    for (;;) {
      const rows = (await listed(client)).filter(
        (row) => (marker === undefined || row.marker === marker) && (user === undefined || row.user === user),
      )
      if (rows.length === 1) return
      if (performance.now() >= until) throw failureOf(rows, timeoutMs)
      // The hub may not have noticed yet that a stream has ended.
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
    }
  } finally {
    client.close()
  }
}

async function listed(client: MonofilClient): Promise<readonly ConnectionRow[]> {
  const rows: ConnectionRow[] = []
  let cursor: string | undefined
  do {
    const page = await client.api.connections({ limit: 200, cursor })
    rows.push(...page.items)
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined && rows.length < 10_000)
  return rows
}

function failureOf(rows: readonly ConnectionRow[], timeoutMs: number): Error {
  const lines = rows.map(
    ({ connection, marker, user, openedAt, topics }) =>
      `  ${connection}: marker ${marker}, user ${user}, since ${openedAt}, ${topics.length} topics`,
  )
  return new Error(`expected one stream, and the hub lists ${rows.length} after ${timeoutMs} ms\n${lines.join('\n')}`)
}
