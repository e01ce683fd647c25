import type { RunStatus } from '@monofil/protocol'

/**
 * What can happen to a run. `start`: its first item, or first report, is under way; `resume`: a pause ends, `requeue`:
 * that of a round of which nothing was under way yet; `reopen`: the next round.
 */
export type RunInput = 'start' | 'pause' | 'resume' | 'requeue' | 'complete' | 'partial' | 'fail' | 'cancel' | 'reopen'

const OPEN = { complete: 'completed', partial: 'partial', fail: 'failed', cancel: 'cancelled', reopen: null } as const

const OVER = {
  start: null,
  pause: null,
  resume: null,
  requeue: null,
  complete: null,
  partial: null,
  fail: null,
  cancel: null,
  reopen: 'queued',
} as const satisfies Record<RunInput, RunStatus | null>

/** The whole machine; null: refused (`invalid_state`); the same status: nothing changes (twice is fine). */
export const RUN_STATES = {
  queued: { ...OPEN, start: 'running', pause: 'paused', resume: 'queued', requeue: 'queued' },
  running: { ...OPEN, start: 'running', pause: 'paused', resume: 'running', requeue: 'running' },
  paused: { ...OPEN, start: 'paused', pause: 'paused', resume: 'running', requeue: 'queued' },
  completed: OVER,
  partial: OVER,
  failed: OVER,
  cancelled: { ...OVER, cancel: 'cancelled' },
} as const satisfies Record<RunStatus, Record<RunInput, RunStatus | null>>

/** The status after `input`, or null when it is refused. */
export function nextRunStatus(status: RunStatus, input: RunInput): RunStatus | null {
  return RUN_STATES[status][input]
}
