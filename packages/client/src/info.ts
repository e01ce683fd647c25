import type { Alarm } from './alarm.ts'
import type { Connection } from './connection.ts'
import { type ConnectionState, INITIAL } from './connection-state.ts'
import type { ConnectionInfo, Watched } from './types.ts'

/** The connection's state for people: one object per state, told once per turn. */
export class Info implements Watched<ConnectionInfo> {
  readonly #connection: Connection
  readonly #alarm: Alarm
  readonly #marker: string
  readonly #watchers = new Set<() => void>()
  #of: ConnectionState | null = null
  #info: ConnectionInfo | null = null
  #telling = false
  readonly #initial: ConnectionInfo

  constructor(connection: Connection, alarm: Alarm, marker: string) {
    this.#connection = connection
    this.#alarm = alarm
    this.#marker = marker
    this.#initial = describe(INITIAL, marker, 0)
  }

  get(): ConnectionInfo {
    const { state } = this.#connection
    if (this.#info === null || this.#of !== state) {
      this.#of = state
      this.#info = describe(state, this.#marker, this.#alarm.now())
    }
    return this.#info
  }

  initial(): ConnectionInfo {
    return this.#initial
  }

  subscribe(onChange: () => void): () => void {
    const watcher = () => onChange()
    this.#watchers.add(watcher)
    return () => this.#watchers.delete(watcher)
  }

  touch(): void {
    if (this.#telling) return
    this.#telling = true
    queueMicrotask(() => {
      this.#telling = false
      for (const watcher of this.#watchers) watcher()
    })
  }
}

function describe(state: ConnectionState, marker: string, now: number): ConnectionInfo {
  const open = state.status === 'open' ? state : null
  const retryAt = state.status === 'waiting' ? state.retryAt : null
  const expiresAt = open?.hello.expiresAt ?? null
  return {
    status: state.status,
    marker,
    connection: open?.hello.connection ?? null,
    node: open?.hello.node ?? null,
    attempts: state.attempts,
    nextRetryInMs: retryAt === null ? null : Math.max(0, Math.round(retryAt - now)),
    nextRetryAt: retryAt,
    lastError: state.error,
    lastErrorAt: state.errorAt,
    openSince: open?.openSince ?? null,
    behindSince: state.behindSince,
    expiresAt: expiresAt === null ? null : Date.parse(expiresAt),
    reason: state.status === 'failed' ? state.reason : null,
  }
}
