import { isTerminal } from '@monofil/protocol'
import { moveRun } from './advance.ts'
import { holdOf, isTimeUp, runningMs } from './budget.ts'
import type { RunRecord } from './records.ts'

/**
 * Pauses a run of ours that its budget or sample holds, and lets it go on when nothing does any more and nobody
 * paused it; keeps the time in which it ran. Called before a run is written, so that no commit reaches a budget and
 * leaves its items to be claimed.
 */
export function followHold(run: RunRecord, now: number): void {
  if (!run.external && !isTerminal(run.status)) {
    if (run.wanted === 'pause' || holdOf(run, now) !== null) moveRun(run, 'pause', now)
    else if (run.status === 'paused') resumeRun(run, now)
  }
  if (run.status === 'running') {
    run.runningSince ??= now
    if (!isTimeUp(run, now)) return
    // A reporter's run goes on until its reporter stops: that its time is up must show in its row all the same.
    run.ranMs = runningMs(run, now)
    run.runningSince = now
  } else if (run.runningSince !== null) {
    run.ranMs = runningMs(run, now)
    run.runningSince = null
  }
}

function resumeRun(run: RunRecord, now: number): void {
  moveRun(run, run.startedAt === null ? 'requeue' : 'resume', now)
  // The pause is no gap between two ends: measured as one, it would make hours of every item left.
  for (const { pace } of run.steps) if (pace.lastAt !== null) pace.lastAt = now
}
