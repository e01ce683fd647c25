import type { ReactNode } from 'react'
import { StateIcon } from '../StateIcon.tsx'
import type { StepsProps } from './GraphCanvas.tsx'
import { StepBar } from './StepBar.tsx'
import { wordsOf } from './words.ts'

/** The same steps as a list, for those who would rather read than look, and for narrow places. */
export function StepRows({ name, steps, telling, chosen, onChoose }: StepsProps): ReactNode {
  const { labels } = telling
  return (
    <ol className="monofil-step-rows" aria-label={name}>
      {steps.map((step) => {
        const words = wordsOf(step, steps, telling)
        const isStreamed = step.each !== null && !step.after.includes(step.each)
        const note = words.note === '' && isStreamed ? labels.takesItems(step.each ?? '') : words.note
        const content = (
          <>
            <StateIcon status={words.status} />
            <strong>{words.name}</strong> <span className="monofil-step-state">{words.state}</span>{' '}
            <span>{words.amount}</span> <StepBar counts={step.counts} />
            <span className="monofil-step-note" data-alarm={words.isAlarm || undefined}>
              {note}
            </span>
          </>
        )
        return (
          <li key={step.name} data-status={words.status}>
            {onChoose === undefined ? (
              <div className="monofil-step-row">{content}</div>
            ) : (
              <button
                type="button"
                className="monofil-step-row"
                aria-pressed={step.name === chosen}
                onClick={() => onChoose(step.name)}
              >
                {content}
              </button>
            )}
          </li>
        )
      })}
    </ol>
  )
}
