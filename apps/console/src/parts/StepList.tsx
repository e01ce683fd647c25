import type { Freshness } from '@monofil/client'
import { isTerminal, type Step } from '@monofil/protocol'
import { Hourglass } from 'lucide-react'
import { useTexts } from '../lib/context.ts'
import { doneOf } from '../lib/shares.ts'
import { SegmentedBar } from './SegmentedBar.tsx'
import { StatusIcon } from './StatusBadge.tsx'
import { WaitingWords } from './WaitingWords.tsx'
import { Elapsed } from './When.tsx'
import './StepList.css'

interface StepListProps {
  readonly steps: readonly Step[]
  readonly freshness: Freshness
  /** The step whose items are shown; empty for all. */
  readonly chosen: string
  readonly onChoose: (step: string) => void
}

/** The steps in order with what each has done; choosing one shows its items only, choosing it again all. */
export function StepList({ steps, freshness, chosen, onChoose }: StepListProps) {
  const { t, f, amount } = useTexts()
  return (
    <section className="step-list" aria-label={t.run.steps}>
      <h2>{t.run.steps}</h2>
      <ol>
        {steps.map((step) => (
          <li key={step.name}>
            <button
              type="button"
              className="step"
              aria-pressed={chosen === step.name}
              onClick={() => onChoose(chosen === step.name ? '' : step.name)}
            >
              <span className="step-head">
                <StatusIcon status={shownStatus(step)} />
                <span className="step-name truncate">{step.name}</span>
                <span className="figure muted">
                  {step.counts.total > 0 && t.of(f.number(doneOf(step.counts)), f.number(step.counts.total))}
                </span>
              </span>
              <SegmentedBar
                counts={step.counts}
                progress={step.counts.total === 0 ? 0 : (doneOf(step.counts) / step.counts.total) * 100}
                label={step.name}
                active={shownStatus(step) === 'running' && freshness !== 'stale'}
              />
              <span className="step-foot figure">
                <span>{t.status[shownStatus(step)]}</span>
                {step.counts.failed > 0 && (
                  <span className="run-failed">
                    {f.number(step.counts.failed)} {t.runs.failed}
                  </span>
                )}
                {step.skipped > 0 && <span>{t.skippedOf(amount(step.skipped))}</span>}
                {step.startedAt !== null && (
                  <span className="step-time">
                    <Elapsed from={step.startedAt} to={step.finishedAt} />
                  </span>
                )}
              </span>
              {step.waiting !== null && step.waiting.reason !== 'paused' && (
                <span className="step-wait">
                  <Hourglass className="icon" aria-hidden />
                  <WaitingWords waiting={step.waiting} on={openBefore(step, steps)} />
                </span>
              )}
            </button>
          </li>
        ))}
      </ol>
    </section>
  )
}

/** The steps it waits for that are not over. */
function openBefore({ after }: Step, steps: readonly Step[]): readonly string[] {
  return after.filter((name) => steps.some((other) => other.name === name && !isTerminal(other.status)))
}

/** A step that a pause holds is shown as paused once nothing of it runs any more. */
function shownStatus({ status, waiting, counts }: Step): Step['status'] {
  return waiting?.reason === 'paused' && counts.running === 0 ? 'paused' : status
}
