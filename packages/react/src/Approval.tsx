import { type ReactNode, useId, useMemo, useState } from 'react'
import { type ApprovalLabels, approvalLabelsFor } from './approval-labels.ts'
import { ControlButton } from './ControlButton.tsx'
import { type Approval as Asked, type Awaiting, useApproval } from './use-approval.ts'

export interface ApprovalProps {
  readonly runId: string | null | undefined
  /** Only approvals of this step. */
  readonly step?: string | undefined
  /** Only this item. */
  readonly item?: string | undefined
  /** What is to be decided, for people. Default: the item's input as JSON. */
  readonly children?: ((input: unknown) => ReactNode) | undefined
  /** Of times and words. Default `en`. */
  readonly locale?: string | undefined
  readonly labels?: Partial<ApprovalLabels> | undefined
  readonly className?: string | undefined
}

/**
 * What waits for an approval of this person, the oldest first, with a note and the two answers; nothing when nothing
 * does. It leaves when somebody else answers. Themed by the `--monofil-*` properties of the stylesheet.
 */
export function Approval({
  runId,
  step,
  item,
  children,
  locale = 'en',
  labels: own,
  className,
}: ApprovalProps): ReactNode {
  const approval = useApproval(runId, { step, item })
  const labels = useMemo(() => approvalLabelsFor(locale, own), [locale, own])
  const next = approval.waiting.find(({ kind }) => kind === 'approval')
  if (next === undefined && approval.error === null) return null
  return (
    <div className={`monofil-approval${className ? ` ${className}` : ''}`}>
      {next !== undefined && (
        <Question
          key={`${next.item.step}/${next.item.id}`}
          {...{ next, approval, labels, locale }}
          what={children === undefined ? <Json value={next.item.input} /> : children(next.item.input)}
        />
      )}
      {approval.error !== null && (
        <p className="monofil-problem" role="alert">
          {approval.error.code === 'invalid_state' ? labels.tooLate : approval.error.message}
        </p>
      )}
    </div>
  )
}

interface QuestionProps {
  readonly next: Awaiting
  readonly approval: Asked
  readonly labels: ApprovalLabels
  readonly locale: string
  readonly what: ReactNode
}

function Question({ next, approval, labels, locale, what }: QuestionProps): ReactNode {
  const [note, setNote] = useState('')
  const [titleId, noteId] = [useId(), useId()]
  const why = approval.isPending ? labels.pending : null
  const time = (at: string) =>
    new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(at))
  const details = { note: note.trim() }
  return (
    <section aria-labelledby={titleId}>
      <h3 id={titleId}>{labels.title(next.item.step)}</h3>
      <p className="monofil-facts">
        {next.since !== null && <span>{labels.since(time(next.since))}</span>}
        {next.until !== null && <span>{labels.until(time(next.until))}</span>}
      </p>
      {what}
      <label className="monofil-note" htmlFor={noteId}>
        {labels.note}
        <textarea
          id={noteId}
          rows={2}
          maxLength={2000}
          value={note}
          onChange={(event) => setNote(event.target.value)}
        />
      </label>
      <div className="monofil-controls">
        <ControlButton busy={approval.isPending} why={why} onClick={() => approval.approve(details, next)}>
          {labels.approve}
        </ControlButton>
        <ControlButton busy={approval.isPending} why={why} onClick={() => approval.reject(details, next)}>
          {labels.reject}
        </ControlButton>
      </div>
    </section>
  )
}

function Json({ value }: { readonly value: unknown }): ReactNode {
  if (value === null || value === undefined) return null
  return <pre>{typeof value === 'string' ? value : JSON.stringify(value, null, 2)}</pre>
}
