import type { RunState } from '@monofil/protocol'
import { type ReactNode, useEffect, useId, useMemo, useRef, useState } from 'react'
import { formatFor } from './format.ts'
import { TrayRow } from './TrayRow.tsx'
import { type TrayLabels, trayLabelsFor } from './tray-labels.ts'
import { type MyRuns, type UseMyRunsOptions, useMyRuns } from './use-my-runs.ts'
import { usePopover } from './use-popover.ts'

export interface RunsTrayProps extends UseMyRunsOptions {
  /** Where a run is shown. Left out: its name is no link. */
  readonly href?: ((run: RunState) => string) | undefined
  /** Of numbers, durations and words. Default `en`. */
  readonly locale?: string | undefined
  readonly labels?: Partial<TrayLabels> | undefined
  readonly className?: string | undefined
}

/**
 * A button that counts the reader's runs under way, and opens a list of them: live bars, controls, links; what ended
 * stays until it is dismissed. Needs `@monofil/react/styles.css`.
 */
export function RunsTray({ owner, href, locale = 'en', labels: own, className }: RunsTrayProps): ReactNode {
  const mine = useMyRuns({ owner })
  const labels = useMemo(() => trayLabelsFor(locale, own), [locale, own])
  const format = useMemo(() => formatFor(locale), [locale])
  const [isOpen, open] = useState(false)
  const { root, button, panel, onKeyDown } = usePopover(isOpen, open)
  const panelId = useId()
  const { active, ended } = mine
  const alarm = ended.some(({ status }) => status !== 'completed')
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape closes from wherever in it the focus is
    <div className={`monofil-tray${className ? ` ${className}` : ''}`} ref={root} onKeyDown={onKeyDown}>
      <button
        ref={button}
        type="button"
        className="monofil-tray-button"
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        aria-controls={isOpen ? panelId : undefined}
        aria-label={labels.button(format.count(active.length), ended.length > 0 ? format.count(ended.length) : null)}
        title={labels.title}
        onClick={() => open(!isOpen)}
      >
        <svg viewBox="0 0 16 16" aria-hidden="true">
          <path d="M2.5 4h11M2.5 8h7M2.5 12h4" />
        </svg>
        <span className="monofil-tray-count" data-active={active.length > 0 || undefined} aria-hidden="true">
          {format.count(active.length)}
        </span>
        {ended.length > 0 && <span className="monofil-tray-dot" data-status={alarm ? 'failed' : 'completed'} />}
      </button>
      {isOpen && (
        <div
          className="monofil-tray-panel"
          id={panelId}
          ref={panel}
          role="dialog"
          aria-label={labels.title}
          tabIndex={-1}
        >
          <header>
            <strong>{labels.title}</strong>
            {!mine.isConnected && !mine.isLoading && <span className="monofil-stale">{labels.reconnecting}</span>}
            <button type="button" className="monofil-close" aria-label={labels.close} onClick={() => close()}>
              <span aria-hidden="true">×</span>
            </button>
          </header>
          <Rows mine={mine} labels={labels} locale={locale} href={href} />
        </div>
      )}
      <EndSaid ended={ended} labels={labels} />
    </div>
  )

  function close(): void {
    open(false)
    button.current?.focus()
  }
}

interface RowsProps {
  readonly mine: MyRuns
  readonly labels: TrayLabels
  readonly locale: string
  readonly href: RunsTrayProps['href']
}

function Rows({ mine, labels, locale, href }: RowsProps): ReactNode {
  const { active, ended, dismiss } = mine
  const format = useMemo(() => formatFor(locale), [locale])
  if (active.length + ended.length === 0) {
    const why =
      mine.error === null ? (mine.isLoading ? labels.loading : labels.none) : `${labels.unknown}: ${mine.error.message}`
    return <p className="monofil-tray-none">{why}</p>
  }
  return (
    <>
      <ul>
        {[...active, ...ended].map((run) => (
          <TrayRow
            key={run.id}
            run={run}
            labels={labels}
            format={format}
            locale={locale}
            href={href?.(run)}
            onDismiss={() => dismiss(run.id)}
          />
        ))}
      </ul>
      {ended.length > 1 && (
        <button type="button" className="monofil-button monofil-tray-all" onClick={() => dismiss()}>
          {labels.dismissAll}
        </button>
      )}
    </>
  )
}

/** Says each end to a screen reader, once; mounted from the start, so that it is read. */
function EndSaid({ ended, labels }: { readonly ended: readonly RunState[]; readonly labels: TrayLabels }): ReactNode {
  const said = useRef(new Set<string>())
  const [text, setText] = useState('')
  useEffect(() => {
    const news = ended.filter(({ id, round }) => !said.current.has(`${id} ${round}`))
    for (const { id, round } of news) said.current.add(`${id} ${round}`)
    if (news.length > 0) {
      setText(news.map(({ workflow, status }) => labels.ended(workflow, labels.statuses[status])).join('. '))
    }
  }, [ended, labels])
  return (
    <span className="monofil-visually-hidden" role="status" aria-live="polite">
      {text}
    </span>
  )
}
