import { type ReactNode, useMemo } from 'react'
import { type TextLabels, textLabelsFor } from './text-labels.ts'
import { useText } from './use-text.ts'
import { connected } from './use-watched.ts'

export interface TextStreamProps {
  readonly runId: string | null | undefined
  readonly item: string | null | undefined
  /** Which of the item's texts; `text` when left out. */
  readonly name?: string | undefined
  readonly step?: string | undefined
  /** What a screen reader calls it. Default: `Text`. */
  readonly label?: string | undefined
  /** How the text is shown, such as by a Markdown component; plain when left out. */
  readonly children?: ((text: string) => ReactNode) | undefined
  readonly locale?: string | undefined
  readonly labels?: Partial<TextLabels> | undefined
  readonly className?: string | undefined
}

/**
 * A text while it is written, with a caret at its end. A screen reader is told that it began and that it is complete,
 * and reads it when it likes: never token by token.
 */
export function TextStream(props: TextStreamProps): ReactNode {
  const { runId, item, name, step, label, children, locale = 'en', labels: own, className } = props
  const view = useText(runId, item, { name, step })
  const labels = useMemo(() => textLabelsFor(locale, own), [locale, own])
  const { text, done, cut, attempt, status, error } = view
  // A reporter need not say which attempt it is.
  const begun = attempt > 0 || text !== ''
  const writing = begun && !done
  const said = !begun ? '' : done ? labels.written : attempt > 1 ? labels.anew : labels.writing
  return (
    <section
      className={`monofil-text-stream${className ? ` ${className}` : ''}`}
      data-stale={status === 'ready' && !connected(view) ? '' : undefined}
      aria-label={label ?? labels.text}
      aria-busy={writing || status === 'loading'}
    >
      {status === 'error' || status === 'gone' ? (
        <p className="monofil-problem" role="alert">
          {labels.failed}: {error?.message}
        </p>
      ) : (
        <div className="monofil-text-body">
          {text === '' && !writing ? <p className="monofil-text-note">{labels.waiting}</p> : (children?.(text) ?? text)}
          {writing && <span className="monofil-caret" aria-hidden="true" />}
        </div>
      )}
      {cut && <p className="monofil-text-note">{labels.cut}</p>}
      {/* Mounted from the start: a live region that appears with its text is not read. */}
      <p className="monofil-visually-hidden" role="status" aria-live="polite">
        {said}
      </p>
    </section>
  )
}
