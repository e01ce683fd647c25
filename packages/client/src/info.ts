import type { ConnectionState } from './connection-state.ts'
import type { ConnectionInfo, Role, Watched } from './types.ts'

/** The connection as people see it: whoever holds the stream tells, once per turn. */
export class Info implements Watched<ConnectionInfo> {
  readonly #read: () => ConnectionInfo
  readonly #watchers = new Set<() => void>()
  #telling = false
  readonly #initial: ConnectionInfo

  /** `read` answers the same object until something changes; what it answers now is what is known before anything is. */
  constructor(read: () => ConnectionInfo) {
    this.#read = read
    this.#initial = read()
  }

  get(): ConnectionInfo {
    return this.#read()
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

/** A connection's state for people. */
export function describe(state: ConnectionState, role: Role, marker: string, now: number): ConnectionInfo {
  const open = state.status === 'open' ? state : null
  const retryAt = state.status === 'waiting' ? state.retryAt : null
  const expiresAt = open?.hello.expiresAt ?? null
  return {
    status: state.status,
    role,
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
