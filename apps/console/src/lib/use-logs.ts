import type { LogsFilter, LogsPage, RunView } from '@monofil/client'
import { useMonofil } from '@monofil/react'
import { useCallback, useEffect, useReducer, useRef } from 'react'
import { beginLines, isHole, type LogFilter, type LogLines, withLive, withMissed, withOlder } from './log-lines.ts'

/** `waiting`: what the stream left out is read. `failed`: nothing is known; `error` says why. */
type Status = 'loading' | 'ready' | 'waiting' | 'failed'

interface State {
  readonly known: LogLines | null
  readonly status: Status
  readonly olderStatus: 'idle' | 'loading' | 'failed'
  readonly error: Error | null
}

const NOTHING: State = { known: null, status: 'loading', olderStatus: 'idle', error: null }
const PAGE = 200
/** So many lines a view of a run keeps at least. */
const VIEW_LINES = 1000
/** What is missing is read in so many pages; beyond that the log is begun anew at its newest line. */
const PAGES_MISSED = 10
/** Lines held at most; then the log is begun anew too. */
const MAX_LINES = 20_000
const RETRY_MS = 2_000
const TYPING_MS = 250

/** What the log panel shows. */
export interface Logs extends State {
  /** Puts older lines before those that are here. */
  older(): void
  /** Begins anew at the newest line. */
  restart(): void
}

/**
 * The log of a run from its newest line backwards, a page at a time, and what the stream brings after it. The hub is asked
 * when the log is opened, when the reader wants older lines, and where the stream may have left something out.
 */
export function useLogs(runId: string, view: Pick<RunView, 'logs' | 'gap'>, filter: LogFilter): Logs {
  const { client } = useMonofil()
  const [state, change] = useReducer(
    (old: State, next: Partial<State> | ((state: State) => Partial<State>)): State => ({
      ...old,
      ...(typeof next === 'function' ? next(old) : next),
    }),
    NOTHING,
  )
  const { level, step, item, q } = filter
  const turn = useRef(0)
  const read = useCallback(
    (page: LogsFilter): Promise<LogsPage> => {
      const wanted = { level: level || undefined, step: step || undefined, item: item || undefined, q: q || undefined }
      return client.api.runs.logs(runId, { ...wanted, limit: PAGE, ...page })
    },
    [client, runId, level, step, item, q],
  )

  const restart = useCallback(async () => {
    turn.current += 1
    const mine = turn.current
    change({ status: 'loading', olderStatus: 'idle', error: null })
    try {
      const page = await read({ order: 'desc' })
      if (turn.current === mine) change({ known: beginLines(page), status: 'ready' })
    } catch (error) {
      if (turn.current === mine) change({ known: null, status: 'failed', error: error as Error })
    }
  }, [read])

  const readMissed = useCallback(
    async (known: LogLines) => {
      const mine = turn.current
      change({ status: 'waiting' })
      let all = known
      try {
        for (let count = 0; count < PAGES_MISSED; count += 1) {
          const page = await read({ cursor: all.newest })
          if (turn.current !== mine) return
          all = withMissed(all, page)
          if (page.nextCursor !== null) continue
          change((now) => ({ status: 'ready', known: { ...all, ...olderOf(now.known, known, all) } }))
          return
        }
        void restart()
      } catch {
        // The stream is away too, or will be: what it brings when it is back comes after this.
        setTimeout(() => {
          if (turn.current === mine) void readMissed(known)
        }, RETRY_MS)
      }
    },
    [read, restart],
  )

  useEffect(() => {
    const timer = setTimeout(() => void restart(), q === '' ? 0 : TYPING_MS)
    return () => {
      clearTimeout(timer)
      turn.current += 1
    }
  }, [restart, q])

  const { known, status } = state
  const wasGap = useRef(false)
  const { logs, gap } = view
  useEffect(() => {
    if (known === null || status !== 'ready') return
    const mayMiss = gap === null && wasGap.current
    wasGap.current = gap !== null
    if (mayMiss || isHole(known, logs, VIEW_LINES)) void readMissed(known)
    else if (known.lines.length > MAX_LINES) void restart()
    else {
      const next = withLive(known, logs, { level, step, item, q })
      if (next !== known) change({ known: next })
    }
  }, [known, status, logs, gap, level, step, item, q, readMissed, restart])

  const older = async () => {
    if (known === null || known.older === null || state.olderStatus === 'loading' || status === 'loading') return
    const mine = turn.current
    change({ olderStatus: 'loading' })
    try {
      const page = await read({ order: 'desc', cursor: known.older })
      if (turn.current !== mine) return
      change((now) => ({ olderStatus: 'idle', known: now.known === null ? null : withOlder(now.known, page) }))
    } catch {
      if (turn.current === mine) change({ olderStatus: 'failed' })
    }
  }
  return { ...state, older: () => void older(), restart: () => void restart() }
}

/** Older lines that came while missed ones were read stay before them. */
function olderOf(now: LogLines | null, before: LogLines, after: LogLines): Partial<LogLines> {
  if (now === null || now === before) return {}
  const { first, older, cut } = now
  return { first, older, cut, lines: [...now.lines, ...after.lines.slice(before.lines.length)] }
}
