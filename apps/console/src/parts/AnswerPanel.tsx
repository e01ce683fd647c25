import type { RunView } from '@monofil/client'
import { useApproval } from '@monofil/react'
import { useRef, useState } from 'react'
import { useTexts } from '../lib/context.ts'
import { placeOf } from '../lib/place.ts'
import { AnswerForm } from './AnswerForm.tsx'
import { ErrorPanel } from './ErrorPanel.tsx'
import './AnswerPanel.css'

/** As many forms as fit a screen; the rest follow as these are answered. */
const SHOWN = 2

/** What the run waits for from outside, and the forms to answer it. What somebody else answers leaves by itself. */
export function AnswerPanel({ view }: { readonly view: RunView }) {
  const { t, amount } = useTexts()
  const approval = useApproval(view.id)
  const [all, showAll] = useState(false)
  const section = useRef<HTMLElement>(null)
  const { waiting, error } = approval
  const shown = all ? waiting : waiting.slice(0, SHOWN)
  if (waiting.length === 0 && error === null) return null
  // The form goes with its buttons: whoever answers by keyboard goes on from here, not from the top of the page.
  const onAnswered = () => (section.current ?? document.querySelector<HTMLElement>('main'))?.focus()
  return (
    <section ref={section} className="answers" aria-label={t.answers.label} tabIndex={-1}>
      {error !== null && (
        <ErrorPanel
          error={error.code === 'invalid_state' ? new Error(t.answers.tooLate, { cause: error }) : error}
          title={t.answers.refused}
          onDismiss={approval.dismiss}
        />
      )}
      {shown.map((awaiting) => (
        <AnswerForm
          key={placeOf(awaiting.item)}
          awaiting={awaiting}
          approval={approval}
          view={view}
          onAnswered={onAnswered}
        />
      ))}
      {waiting.length > shown.length && (
        <button type="button" className="button" onClick={() => showAll(true)}>
          {t.answers.more(amount(waiting.length - shown.length))}
        </button>
      )}
    </section>
  )
}
