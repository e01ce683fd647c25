import { type ReactNode, useId, useMemo } from 'react'
import { BatchDialog } from './BatchDialog.tsx'
import { BatchItems } from './BatchItems.tsx'
import { BatchMeter } from './BatchMeter.tsx'
import { formatFor } from './format.ts'
import { type Labels, labelsFor } from './labels.ts'
import { useAnnouncement } from './use-announcement.ts'
import { useBatchProgress } from './use-batch-progress.ts'

export interface BatchProgressBarProps {
  readonly runId: string | null | undefined
  /** Whether the items are listed below the bar. Default true. */
  readonly items?: boolean | undefined
  /** `dialog`: over the page, closable; the run goes on. Default `inline`. */
  readonly variant?: 'inline' | 'dialog' | undefined
  /** Default: the run's workflow. */
  readonly title?: ReactNode
  /** Of numbers, durations and words. Default `en`. */
  readonly locale?: string | undefined
  readonly labels?: Partial<Labels> | undefined
  readonly className?: string | undefined
  /** Of the dialog: whether it is shown. Default true. */
  readonly open?: boolean | undefined
  /** Of the dialog: the person closed it. */
  readonly onClose?: (() => void) | undefined
}

/**
 * A run's progress, live: bar, percent, counts, time left, items, and an end that cannot be missed. Themed by the
 * `--monofil-*` properties of `@monofil/react/styles.css`.
 */
export function BatchProgressBar(props: BatchProgressBarProps): ReactNode {
  const { runId, items = true, variant = 'inline', title, locale = 'en', labels: own, className, open, onClose } = props
  const { data, isLoading, isConnected, error } = useBatchProgress(runId)
  const labels = useMemo(() => labelsFor(locale, own), [locale, own])
  const format = useMemo(() => formatFor(locale), [locale])
  const announcement = useAnnouncement(data, labels, format)
  const titleId = useId()
  const name = title ?? data?.run.workflow ?? labels.progress
  const content = (
    <section
      className={`monofil-batch${className ? ` ${className}` : ''}`}
      data-status={data?.status ?? (error === null ? 'queued' : 'failed')}
      data-stale={data !== null && !isConnected ? '' : undefined}
      aria-labelledby={titleId}
      aria-busy={isLoading}
    >
      {data === null && error !== null ? (
        <p className="monofil-problem" role="alert" id={titleId}>
          {labels.failedToLoad}: {error.message}
        </p>
      ) : (
        <BatchMeter data={data} name={name} titleId={titleId} labels={labels} format={format} stale={!isConnected} />
      )}
      {items && data !== null && data.items.size > 0 && (
        <BatchItems items={data.items} labels={labels} format={format} />
      )}
      {/* Mounted from the start: a live region that appears with its text is not read. */}
      <p className="monofil-visually-hidden" role="status" aria-live="polite">
        {announcement}
      </p>
    </section>
  )
  if (variant === 'inline') return content
  return (
    <BatchDialog open={open ?? true} onClose={onClose} titleId={titleId} closeLabel={labels.close}>
      {content}
    </BatchDialog>
  )
}
