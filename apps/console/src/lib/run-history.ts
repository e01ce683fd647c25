import type { RunState } from '@monofil/protocol'

/** How many runs the topic `runs` holds (protocol 2). */
export const LIVE_RUNS = 50

/** Runs beyond the live ones: pages that the reader asked for, and runs that newer ones pushed out. */
export interface RunHistory {
  readonly runs: readonly RunState[]
  readonly cursor: string | null
  /** `idle`: nothing asked yet; `more`: there is a further page; `end`: there is none. */
  readonly state: 'idle' | 'loading' | 'more' | 'end' | 'failed'
  readonly error: Error | null
  /** When the newest page was read, in ms since 1970. */
  readonly readAt: number | null
}

export const EMPTY_HISTORY: RunHistory = { runs: [], cursor: null, state: 'idle', error: null, readAt: null }

export type HistoryInput =
  | { readonly kind: 'reset' }
  | { readonly kind: 'loading' }
  | { readonly kind: 'page'; readonly runs: readonly RunState[]; readonly cursor: string | null; readonly at: number }
  | { readonly kind: 'failed'; readonly error: Error }
  | { readonly kind: 'live'; readonly before: readonly RunState[]; readonly after: readonly RunState[] }

/**
 * Which runs of `before` are missing from `after` because newer ones took their place, and which because they are gone:
 * only a full window pushes anything out, and only at its old end.
 */
export function leftLive(
  before: readonly RunState[],
  after: readonly RunState[],
): { readonly pushedOut: readonly RunState[]; readonly gone: ReadonlySet<string> } {
  const now = new Set(after.map(({ id }) => id))
  const oldest = after.at(-1)?.createdAt ?? ''
  const left = before.filter(({ id }) => !now.has(id))
  const pushedOut = after.length >= LIVE_RUNS ? left.filter(({ createdAt }) => createdAt <= oldest) : []
  const kept = new Set(pushedOut.map(({ id }) => id))
  return { pushedOut, gone: new Set(left.map(({ id }) => id).filter((id) => !kept.has(id))) }
}

/** The next history; the same object when nothing changed. */
export function nextHistory(history: RunHistory, input: HistoryInput): RunHistory {
  switch (input.kind) {
    case 'reset':
      return EMPTY_HISTORY
    case 'loading':
      return { ...history, state: 'loading', error: null }
    case 'failed':
      return { ...history, state: 'failed', error: input.error }
    case 'page': {
      const fresh = new Set(input.runs.map(({ id }) => id))
      return {
        runs: [...history.runs.filter(({ id }) => !fresh.has(id)), ...input.runs],
        cursor: input.cursor,
        state: input.cursor === null ? 'end' : 'more',
        error: null,
        readAt: input.at,
      }
    }
    case 'live': {
      const { pushedOut, gone } = leftLive(input.before, input.after)
      if (pushedOut.length === 0 && gone.size === 0) return history
      const moved = new Set(pushedOut.map(({ id }) => id))
      const kept = history.runs.filter(({ id }) => !gone.has(id) && !moved.has(id))
      return { ...history, runs: [...pushedOut, ...kept] }
    }
  }
}
