import type { InboxItem } from '@monofil/protocol'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, type ReactNode, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { formatFor } from '../format.ts'
import { InboxRow } from './InboxRow.tsx'
import { type InboxLabels, inboxLabelsFor } from './inbox-labels.ts'
import { type Notifications, useNotifications } from './use-notifications.ts'
import { useSeen } from './use-seen.ts'
import { nameOf } from './words.ts'

export interface InboxProps {
  /** Of numbers, times and words. Default `en`. */
  readonly locale?: string | undefined
  readonly labels?: Partial<InboxLabels> | undefined
  readonly className?: string | undefined
}

const ROW_PX = 104
/** Relative times are looked at again so often. */
const MINUTE_MS = 60_000

/**
 * The reader's notifications: filters, marks, claims, older ones as one scrolls. What is in sight is seen, what is opened
 * or marked is read. Needs `@monofil/react/styles.css` and `@monofil/react/inbox.css`.
 */
export function Inbox({ locale = 'en', labels: own, className }: InboxProps): ReactNode {
  const known = useNotifications()
  const labels = useMemo(() => inboxLabelsFor(locale, own), [locale, own])
  const format = useMemo(() => formatFor(locale), [locale])
  const [isUnreadOnly, setUnreadOnly] = useState(false)
  const [problem, setProblem] = useState('')
  const { items, counts, markAll } = known
  const shown = useMemo(
    () => (isUnreadOnly ? items.filter(({ readAt }) => readAt === null) : items),
    [items, isUnreadOnly],
  )
  const attempt = (deed: Promise<unknown>) => {
    setProblem('')
    deed.catch((error: unknown) => setProblem(labels.failed(error instanceof Error ? error.message : String(error))))
  }
  return (
    <div className={`monofil-inbox${className ? ` ${className}` : ''}`}>
      <div className="monofil-inbox-bar">
        <fieldset className="monofil-controls" aria-label={labels.filter}>
          <Filter label={labels.all} isOn={!isUnreadOnly} onClick={() => setUnreadOnly(false)} />
          <Filter
            label={labels.unread(format.count(counts.unread))}
            isOn={isUnreadOnly}
            onClick={() => setUnreadOnly(true)}
          />
        </fieldset>
        {!known.isConnected && !known.isLoading && <span className="monofil-stale">{labels.reconnecting}</span>}
        {counts.unread > 0 && (
          <button type="button" className="monofil-button" onClick={() => attempt(markAll())}>
            {labels.readAll}
          </button>
        )}
      </div>
      <p className="monofil-problem" role="alert">
        {problem}
      </p>
      {shown.length === 0 && !(isUnreadOnly && known.hasMore) ? (
        <p className="monofil-inbox-none">{whyNone(known, labels, isUnreadOnly)}</p>
      ) : (
        <Rows items={shown} known={known} labels={labels} locale={locale} attempt={attempt} />
      )}
    </div>
  )
}

function whyNone({ error, isLoading }: Notifications, labels: InboxLabels, isUnreadOnly: boolean): string {
  if (isLoading) return labels.loading
  if (error !== null) return `${labels.unknown}: ${error.message}`
  return isUnreadOnly ? labels.noneUnread : labels.none
}

interface FilterProps {
  readonly label: string
  readonly isOn: boolean
  readonly onClick: () => void
}

function Filter({ label, isOn, onClick }: FilterProps): ReactNode {
  return (
    <button type="button" className="monofil-button" aria-pressed={isOn} onClick={onClick}>
      {label}
    </button>
  )
}

interface RowsProps {
  readonly items: readonly InboxItem[]
  readonly known: Notifications
  readonly labels: InboxLabels
  readonly locale: string
  readonly attempt: (deed: Promise<unknown>) => void
}

/** The rows of which only those in sight are in the page. */
function Rows({ items, known, labels, locale, attempt }: RowsProps): ReactNode {
  const scroller = useRef<HTMLDivElement>(null)
  const watch = useSeen(scroller)
  const now = useNow()
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    getItemKey: (index) => items[index]?.id ?? index,
    estimateSize: () => ROW_PX,
    overscan: 6,
  })
  const { fresh, onScroll } = usePlace(scroller, items)
  const last = rows.getVirtualItems().at(-1)?.index ?? -1
  const { hasMore, loadMore, mark, claim } = known
  const isNearEnd = hasMore && last >= items.length - 1
  // biome-ignore lint/correctness/useExhaustiveDependencies: with each page that came the end may still be in sight
  useEffect(() => {
    if (isNearEnd) attempt(loadMore())
  }, [isNearEnd, loadMore, known.items.length])
  const focus = useRowFocus(scroller, (index) => rows.scrollToIndex(index))
  const onKeyDown = (event: KeyboardEvent<HTMLElement>, index: number, item: InboxItem) => {
    // A key on a row's button is the button's.
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return
    const to = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: items.length - 1 }[event.key]
    if (to !== undefined) focus(Math.max(0, Math.min(items.length - 1, to)))
    else if (event.key === 'Enter') event.currentTarget.querySelector<HTMLElement>('a, button')?.click()
    else if (event.key === 'r') attempt(mark([item.id], item.readAt === null ? 'read' : 'unread'))
    else if (event.key === 'e') attempt(mark([item.id], 'archived'))
    else return
    event.preventDefault()
  }
  return (
    <div className="monofil-inbox-frame">
      {fresh > 0 && (
        <button type="button" className="monofil-inbox-fresh" onClick={() => scroller.current?.scrollTo({ top: 0 })}>
          {labels.fresh(String(fresh))}
        </button>
      )}
      <div
        ref={scroller}
        className="monofil-inbox-scroller"
        onScroll={onScroll}
        role="feed"
        aria-label={labels.title}
        aria-busy={known.isLoading}
      >
        <div className="monofil-inbox-rows" style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map(({ index, key, start }) => {
            const item = items[index]
            return item === undefined ? null : (
              <article
                key={key}
                ref={(row) => {
                  rows.measureElement(row)
                  if (item.seenAt === null) watch(row)
                }}
                data-index={index}
                data-id={item.id}
                data-severity={item.severity}
                data-unread={item.readAt === null || undefined}
                className="monofil-inbox-row"
                style={{ transform: `translateY(${start}px)` }}
                aria-label={nameOf(item)}
                aria-posinset={index + 1}
                aria-setsize={hasMore ? -1 : items.length}
                // biome-ignore lint/a11y/noNoninteractiveTabindex: the articles of a feed are walked through (ARIA APG, feed)
                tabIndex={0}
                onKeyDown={(event) => onKeyDown(event, index, item)}
              >
                <InboxRow
                  item={item}
                  labels={labels}
                  locale={locale}
                  now={now}
                  mark={(id, state) => attempt(mark([id], state))}
                  claim={(id) => attempt(claim(id))}
                />
              </article>
            )
          })}
        </div>
      </div>
    </div>
  )
}

/** Keeps what is read where it is when others come above it, and counts those until the reader is at the top. */
function usePlace(scroller: { readonly current: HTMLElement | null }, items: readonly InboxItem[]) {
  const [fresh, setFresh] = useState(0)
  const first = useRef<string | undefined>(undefined)
  useLayoutEffect(() => {
    const element = scroller.current
    const above = items.findIndex(({ id }) => id === first.current)
    if (element !== null && above > 0 && element.scrollTop > ROW_PX / 2) {
      element.scrollTop += above * ROW_PX
      setFresh((before) => before + above)
    }
    first.current = items[0]?.id
  }, [items, scroller])
  const onScroll = () => {
    if ((scroller.current?.scrollTop ?? 0) <= ROW_PX / 2) setFresh(0)
  }
  return { fresh, onScroll }
}

/** Moves the focus to a row by its index, once it is in the page. */
function useRowFocus(scroller: { readonly current: HTMLElement | null }, scrollTo: (index: number) => void) {
  const wanted = useRef<number | null>(null)
  const [, render] = useState(0)
  useEffect(() => {
    if (wanted.current === null) return
    const row = scroller.current?.querySelector<HTMLElement>(`[data-index="${wanted.current}"]`)
    if (!row) return
    wanted.current = null
    row.focus()
  })
  return (index: number) => {
    wanted.current = index
    scrollTo(index)
    render((n) => n + 1)
  }
}

function useNow(): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), MINUTE_MS)
    return () => clearInterval(timer)
  }, [])
  return now
}
