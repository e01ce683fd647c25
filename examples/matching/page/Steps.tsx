import type { Run, Step } from '@monofil/protocol'
import type { ReactNode } from 'react'
import { StatusIcon } from './Icon.tsx'
import { useText } from './TextProvider.tsx'
import type { Text } from './text-en.ts'

/** The run's steps in order, each with how far it is. */
export function Steps({ run: { steps } }: { readonly run: Run }): ReactNode {
  const { text } = useText()
  return (
    <ol className="steps" aria-label={text.run.steps}>
      {steps.map((step) => (
        <StepRow key={step.name} step={step} />
      ))}
    </ol>
  )
}

function StepRow({ step }: { readonly step: Step }): ReactNode {
  const { text, number } = useText()
  const words = text.run
  const { name, status, counts, skipped } = step
  const done = counts.completed + counts.failed + counts.cancelled - skipped
  const total = counts.total - skipped
  // A single step has one item, of which there is nothing to count.
  const isMany = ['extract', 'filter', 'score', 'rerank'].includes(name)
  const percent = status === 'completed' ? 100 : total === 0 ? 0 : Math.floor((done / total) * 100)
  return (
    <li data-status={status}>
      <span className="step-name">
        <StatusIcon status={status} />
        {wordOf(words.step, name)}
      </span>
      <span className="meter" aria-hidden="true">
        <span style={{ width: `${percent}%` }} />
      </span>
      <span className="step-count">
        {isMany && total > 0 ? words.of(number(done), number(total)) : words.status[status]}
      </span>
    </li>
  )
}

function wordOf(words: Text['run']['step'], name: string): string {
  return Object.hasOwn(words, name) ? words[name as keyof typeof words] : name
}
