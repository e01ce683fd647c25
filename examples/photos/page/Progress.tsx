import { isTerminal, type RunState } from '@monofil/protocol'
import type { ReactNode } from 'react'
import { photoCounts } from './photos-of.ts'
import { ITEM_WORDS, StateIcon } from './StateIcon.tsx'
import { useRate } from './use-rate.ts'
import { count, counted, decimal, duration, timeLeft } from './words.ts'

const ORDER = ['completed', 'failed', 'cancelled', 'running', 'retrying', 'queued'] as const

/** How far the run is, how fast it goes, and how it ended. */
export function Progress({ run }: { readonly run: RunState }): ReactNode {
  const counts = photoCounts(run)
  const done = counts === null ? 0 : counts.completed + counts.failed + counts.cancelled
  const total = counts?.total ?? 0
  const rate = useRate(done, run.status === 'running')
  const percent = Math.floor(run.progress)
  const isOver = isTerminal(run.status)
  return (
    <>
      <div className="head">
        <span className="big">{percent}%</span>
        <span className="muted">
          {counts === null ? 'looking for photos' : `${count(done)} of ${counted(total, 'photo')}`}
        </span>
        <span className="chip" data-status={run.status}>
          <StateIcon status={run.status} />
          {WORDS[run.status]}
        </span>
      </div>
      <div
        className="bar"
        role="progressbar"
        aria-label="Photos"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
        aria-valuetext={`${percent} %, ${count(done)} of ${counted(total, 'photo')}`}
      >
        {counts !== null &&
          ORDER.filter((state) => state !== 'queued' && counts[state] > 0).map((state) => (
            <span key={state} data-status={state} style={{ width: `${(counts[state] / total) * 100}%` }} />
          ))}
      </div>
      <ul className="tally">
        {counts !== null &&
          ORDER.filter((state) => counts[state] > 0).map((state) => (
            <li key={state}>
              <StateIcon status={state} />
              <b>{count(counts[state])}</b> {ITEM_WORDS[state].toLowerCase()}
            </li>
          ))}
      </ul>
      {!isOver && (
        <dl className="facts">
          <div>
            <dt>Rate</dt>
            <dd>{rate === null ? '–' : `${decimal(rate)} photos/s`}</dd>
          </div>
          <div>
            <dt>Time left</dt>
            <dd>{run.status === 'paused' ? 'paused' : run.eta === null ? 'unknown' : timeLeft(run.eta)}</dd>
          </div>
        </dl>
      )}
      <p className="outcome" data-status={run.status} role="status" aria-live="polite">
        {outcome(run)}
      </p>
    </>
  )
}

const WORDS = {
  queued: 'Waiting',
  running: 'Running',
  paused: 'Paused',
  completed: 'Completed',
  partial: 'Done, with failures',
  failed: 'Failed',
  cancelled: 'Cancelled',
} as const

/** The state in a sentence, where there is more to it than the bar says. */
function outcome(run: RunState): string {
  const counts = photoCounts(run)
  switch (run.status) {
    case 'paused':
      return 'No new photo is begun.'
    case 'completed':
      return `${counted(counts?.completed ?? 0, 'photo')} measured${took(run)}.`
    case 'partial':
      return `${counted(counts?.completed ?? 0, 'photo')} measured${took(run)}; ${count(counts?.failed ?? 0)} could not be read.`
    case 'failed':
      return run.error?.message ?? 'The run failed.'
    case 'cancelled':
      return `Cancelled: ${counted(counts?.completed ?? 0, 'photo')} were measured before.`
    default:
      return run.round > 1 ? `Round ${run.round}: what failed is done again.` : ''
  }
}

/** How long a first round took: later ones do a part of the photos only. */
function took({ startedAt, finishedAt, round }: RunState): string {
  if (startedAt === null || finishedAt === null || round > 1) return ''
  return ` in ${duration(Date.parse(finishedAt) - Date.parse(startedAt))}`
}
