import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import { BatchProgressBar } from '../BatchProgressBar.tsx'
import { formatFor } from '../format.ts'
import { useLatest } from '../use-latest.ts'
import type { InboxProps } from './Inbox.tsx'
import { type InboxLabels, inboxLabelsFor } from './inbox-labels.ts'
import { SeverityIcon } from './SeverityIcon.tsx'
import { type Toast, useToasts } from './use-toasts.ts'
import { hrefOf, nameOf } from './words.ts'

export interface ToastsProps extends InboxProps {
  /** How many at most are on the page; the oldest go. Default 3. */
  readonly max?: number | undefined
  /** How long one stays, in ms; errors and critical ones until they are dismissed. Default 8,000. */
  readonly durationMs?: number | undefined
}

/** Between two polite announcements, in ms; what comes between is counted. */
const PAUSE_MS = 3_000

/**
 * Says what comes, once in the whole browser: in the tab one looks at. A run's notices are one toast with its bar. Mount
 * it once per page, from the start: a screen reader hears only of regions it knows. Needs `@monofil/react/styles.css`
 * and `@monofil/react/inbox.css`.
 */
export function Toasts({ locale = 'en', labels: own, className, max = 3, durationMs = 8_000 }: ToastsProps): ReactNode {
  const { toasts, dismiss, mark } = useToasts(max)
  const labels = useMemo(() => inboxLabelsFor(locale, own), [locale, own])
  return (
    <section className={`monofil-toasts${className ? ` ${className}` : ''}`} aria-label={labels.toasts}>
      <Said toasts={toasts} labels={labels} locale={locale} />
      {toasts.map((toast) => (
        <ToastCard
          key={toast.key}
          toast={toast}
          labels={labels}
          locale={locale}
          durationMs={durationMs}
          onGone={() => dismiss(toast.key)}
          onOpen={() => {
            dismiss(toast.key)
            // The page goes where the link leads, also where this could not be said.
            if (toast.isStored) mark([toast.item.id], 'read').catch(() => {})
          }}
        />
      ))}
    </section>
  )
}

interface ToastCardProps {
  readonly toast: Toast
  readonly labels: InboxLabels
  readonly locale: string
  readonly durationMs: number
  readonly onGone: () => void
  readonly onOpen: () => void
}

function ToastCard({ toast, labels, locale, durationMs, onGone, onOpen }: ToastCardProps): ReactNode {
  const { item, runId } = toast
  const [isHeld, hold] = useState(false)
  const gone = useLatest(onGone)
  const stays = item.severity === 'error' || item.severity === 'critical' || runId !== null
  // biome-ignore lint/correctness/useExhaustiveDependencies: other words of the same run begin anew
  useEffect(() => {
    if (stays || isHeld) return
    const timer = setTimeout(() => gone.current(), durationMs)
    return () => clearTimeout(timer)
  }, [stays, isHeld, durationMs, item])
  const href = hrefOf(item.link)
  const name = nameOf(item)
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: who reads it must not see it go
    <div
      className="monofil-toast"
      data-severity={item.severity}
      onPointerEnter={() => hold(true)}
      onPointerLeave={() => hold(false)}
      onFocus={() => hold(true)}
      onBlur={() => hold(false)}
      onKeyDown={(event) => event.key === 'Escape' && onGone()}
    >
      <SeverityIcon severity={item.severity} label={labels.severities[item.severity]} />
      <div className="monofil-inbox-words">
        <p className="monofil-inbox-name">
          {href === undefined ? (
            <strong>{name}</strong>
          ) : (
            <a href={href} onClick={onOpen}>
              {name}
            </a>
          )}
        </p>
        {item.title !== null && item.message !== null && <p className="monofil-inbox-message">{item.message}</p>}
        {runId !== null && <BatchProgressBar runId={runId} items={false} locale={locale} />}
      </div>
      <button type="button" className="monofil-close" aria-label={labels.dismiss(name)} onClick={onGone}>
        <span aria-hidden="true">×</span>
      </button>
    </div>
  )
}

interface SaidProps {
  readonly toasts: readonly Toast[]
  readonly labels: InboxLabels
  readonly locale: string
}

/** Two live regions: critical ones are said at once, others as soon as the last has had its time. */
function Said({ toasts, labels, locale }: SaidProps): ReactNode {
  const [polite, setPolite] = useState('')
  const [urgent, setUrgent] = useState('')
  const said = useRef(new Set<string>())
  const waiting = useRef<string[]>([])
  const saidAt = useRef(Number.NEGATIVE_INFINITY)
  const [due, setDue] = useState(0)
  useEffect(() => {
    // Of what went nothing comes again.
    const shown = new Set(toasts.map(({ item }) => item.id))
    for (const id of said.current) if (!shown.has(id)) said.current.delete(id)
    for (const { item } of toasts.toReversed()) {
      if (said.current.has(item.id)) continue
      said.current.add(item.id)
      const words = `${labels.severities[item.severity]}: ${nameOf(item)}`
      if (item.severity === 'critical') setUrgent(words)
      else waiting.current.push(words)
    }
    if (waiting.current.length > 0) setDue((n) => n + 1)
  }, [toasts, labels])
  useEffect(() => {
    if (due === 0) return
    const timer = setTimeout(
      () => {
        const words = waiting.current.splice(0)
        if (words.length === 0) return
        saidAt.current = Date.now()
        setPolite(words.length === 1 ? (words[0] ?? '') : labels.several(formatFor(locale).count(words.length)))
      },
      Math.max(0, saidAt.current + PAUSE_MS - Date.now()),
    )
    return () => clearTimeout(timer)
  }, [due, labels, locale])
  return (
    <>
      <span className="monofil-visually-hidden" role="status" aria-live="polite">
        {polite}
      </span>
      <span className="monofil-visually-hidden" role="alert" aria-live="assertive">
        {urgent}
      </span>
    </>
  )
}
