import type { RunState } from '@monofil/protocol'
import { BatchProgressBar, useStartRun } from '@monofil/react'
import { type ReactNode, useId } from 'react'
import { useWords } from './words.ts'

export type StageName = 'catalogue-extract' | 'catalogue-enrich'

interface StageProps {
  readonly workflow: StageName
  readonly title: string
  readonly about: string
  readonly start: string
  /** Its newest run. */
  readonly run: RunState | undefined
  /** Null: not known yet. */
  readonly input: object | null
  /** What else there is to know before it is started. */
  readonly note?: string | undefined
  /** Why it cannot be started although it does not run; null: it can. */
  readonly why: string | null
  readonly onRun: (id: string) => void
}

/** A stage with its button: blocked in every tab while it or the other one runs, whoever started it. */
export function Stage({ workflow, title, about, start, run, input, note, why, onRun }: StageProps): ReactNode {
  const { t, locale } = useWords()
  const starting = useStartRun(workflow)
  const whyId = useId()
  const isBusy = starting.blocked === 'starting' || starting.blocked === 'running'
  const isBlocked = starting.blocked !== null || input === null || why !== null
  const press = () => {
    // `aria-disabled` keeps the button reachable, with its reason; it still can be pressed.
    if (isBlocked) return
    void starting.start(input).then((started) => started !== null && onRun(started.id))
  }
  const shown = starting.runId ?? run?.id ?? null
  return (
    <section className="card stage" aria-label={title}>
      <h2>{title}</h2>
      <p className="muted">{about}</p>
      {note !== undefined && <p className="muted">{note}</p>}
      <button type="button" className="start" aria-disabled={isBlocked} aria-describedby={whyId} onClick={press}>
        {isBusy ? t.running : start}
      </button>
      <p className="why" id={whyId}>
        {isBusy ? '' : why}
      </p>
      {starting.error !== null && (
        <p className="problem" role="alert">
          {t.refused}: {starting.error.message}
        </p>
      )}
      {shown === null ? (
        <p className="muted">{t.never}</p>
      ) : (
        <>
          <BatchProgressBar runId={shown} items={false} title={t.last} locale={locale} />
          <a
            href={`/runs/${shown}`}
            onClick={(event) => {
              event.preventDefault()
              onRun(shown)
            }}
          >
            {isBusy ? t.watch : t.see}
          </a>
        </>
      )}
    </section>
  )
}
