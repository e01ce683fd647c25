import type { RunState } from '@monofil/protocol'
import { useTexts } from '../lib/context.ts'
import { skippedOf } from '../lib/shares.ts'
import { StatusIcon } from './StatusBadge.tsx'

interface RunEndNoteProps {
  readonly run: RunState
  readonly onFailures: () => void
}

/** The end of a run in one line that cannot be mistaken: done, done in part and what failed, failed and why. */
export function RunEndNote({ run, onFailures }: RunEndNoteProps) {
  const { t, amount } = useTexts()
  const { status, counts, error } = run
  const { ended } = t.run
  const skipped = skippedOf(run.steps)
  const headline =
    status === 'completed'
      ? ended.completed(amount(counts.completed - skipped))
      : status === 'partial'
        ? ended.partial(amount(counts.failed))
        : status === 'failed'
          ? ended.failed
          : ended.cancelled
  return (
    <div className={`run-note run-end is-${status}`}>
      <StatusIcon status={status} />
      <p>
        <strong>{headline}</strong>
        {skipped > 0 && <> · {t.skippedOf(amount(skipped))}</>}
        {error !== null && (
          <>
            {' '}
            {error.message} <code>{error.code}</code>
          </>
        )}
      </p>
      {counts.failed > 0 && (
        <button type="button" className="button" onClick={onFailures}>
          {t.run.seeFailures}
        </button>
      )}
    </div>
  )
}
