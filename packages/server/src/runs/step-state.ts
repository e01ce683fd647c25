import type { RunStatus } from '@monofil/protocol'

/**
 * What can happen to a step. `start`: its first item is under way; `reopen`: a reporter works on it again; `retry`: the
 * run's next round will.
 */
export type StepInput = 'start' | 'pause' | 'resume' | 'complete' | 'partial' | 'fail' | 'cancel' | 'reopen' | 'retry'

const OPEN = {
  complete: 'completed',
  partial: 'partial',
  fail: 'failed',
  cancel: 'cancelled',
  reopen: null,
  retry: null,
} as const

const OVER = {
  start: null,
  pause: null,
  resume: null,
  complete: null,
  partial: null,
  fail: null,
  cancel: null,
  reopen: 'running',
  retry: 'queued',
} as const satisfies Record<StepInput, RunStatus | null>

/** The whole machine; null: refused; the same status: nothing changes. */
export const STEP_STATES = {
  queued: { ...OPEN, start: 'running', pause: 'paused', resume: 'queued' },
  running: { ...OPEN, start: 'running', pause: 'paused', resume: 'running' },
  paused: { ...OPEN, start: 'paused', pause: 'paused', resume: 'running' },
  completed: OVER,
  partial: OVER,
  failed: OVER,
  cancelled: OVER,
} as const satisfies Record<RunStatus, Record<StepInput, RunStatus | null>>

/** The status after `input`, or null when it is refused. */
export function nextStepStatus(status: RunStatus, input: StepInput): RunStatus | null {
  return STEP_STATES[status][input]
}
