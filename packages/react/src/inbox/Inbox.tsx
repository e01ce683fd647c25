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

/** What of an inbox is shown. */
export type InboxShow = 'all' | 'unread' | 'archived'

export interface InboxListProps extends InboxProps {
  /** What is shown, where the page holds that; `onShow` is told of another choice. Left out: the list holds it itself. */
  readonly show?: InboxShow | undefined
  readonly onShow?: ((show: InboxShow) => void) | undefined
  /** Shows only those that pass, with older ones read until the list is full. */
  readonly where?: ((item: InboxItem) => boolean) | undefined
  /** What is added to the buttons of a row. */
  readonly more?: ((item: InboxItem) => ReactNode) | undefined
}

const ROW_PX = 104
/** Relative times are looked at again so often. */
const MINUTE_MS = 60_000

/**
 * The reader's notifications: filters, marks, claims, older ones as one scrolls. What is in sight is seen, what is opened
 * or marked is read. Needs `@monofil/react/styles.css` and `@monofil/react/inbox.css`.
 */
export function Inbox({ locale = 'en', labels: own, className, ...options }: InboxListProps): ReactNode {
  const { where, more } = options
  const [kept, keep] = useState<InboxShow>('all')
  const show = options.show ?? kept
  const known = useNotifications(show === 'archived' ? { state: 'archived' } : {})
  const labels = useMemo(() => inboxLabelsFor(locale, own), [locale, own])
  const [problem, setProblem] = useState('')
  const { items } = known
  const shown = useMemo(() => {
    const wanted = show === 'unread' ? items.filter(({ readAt }) => readAt === null) : items
    return where === undefined ? wanted : wanted.filter(where)
  }, [items, show, where])
  const attempt = (deed: Promise<unknown>) => {
    setProblem('')
    deed.catch((error: unknown) => setProblem(labels.failed(error instanceof Error ? error.message : String(error))))
  }
  const choose = (next: InboxShow) => {
    keep(next)
    options.onShow?.(next)
  }
  const isSearching = (show === 'unread' || where !== undefined) && known.hasMore
  return (
    <div className={`monofil-inbox${className ? ` ${className}` : ''}`}>
      <Bar known={known} labels={labels} locale={locale} show={show} choose={choose} attempt={attempt} />
      <p className="monofil-problem" role="alert">
        {problem}
      </p>
      {shown.length === 0 && !isSearching ? (
        <p className="monofil-inbox-none">{whyNone(known, labels, where === undefined ? show : 'some')}</p>
      ) : (
        <Rows key={show} items={shown} known={known} labels={labels} locale={locale} more={more} attempt={attempt} />
      )}
    </div>
  )
}

function whyNone({ error, isLoading, items }: Notifications, labels: InboxLabels, show: InboxShow | 'some'): string {
  if (isLoading) return labels.loading
  if (error !== null && items.length === 0) return `${labels.unknown}: ${error.message}`
  const { none: all, noneUnread: unread, noneArchived: archived, noneSuch: some } = labels
  return { all, unread, archived, some }[show]
}

interface BarProps {
  readonly known: Notifications
  readonly labels: InboxLabels
  readonly locale: string
  readonly show: InboxShow
  readonly choose: (show: InboxShow) => void
  readonly attempt: (deed: Promise<unknown>) => void
}

function Bar({ known, labels, locale, show, choose, attempt }: BarProps): ReactNode {
  const format = useMemo(() => formatFor(locale), [locale])
  const { counts, markAll } = known
  const filters = { all: labels.all, unread: labels.unread(format.count(counts.unread)), archived: labels.archived }
  return (
    <div className="monofil-inbox-bar">
      <fieldset className="monofil-controls" aria-label={labels.filter}>
        {(['all', 'unread', 'archived'] as const).map((one) => (
          <Filter key={one} label={filters[one]} isOn={show === one} onClick={() => choose(one)} />
        ))}
      </fieldset>
      {!known.isConnected && !known.isLoading && <span className="monofil-stale">{labels.reconnecting}</span>}
      {counts.unread > 0 && show !== 'archived' && (
        <button type="button" className="monofil-button" onClick={() => attempt(markAll())}>
          {labels.readAll}
        </button>
      )}
    </div>
  )
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
  readonly more: InboxListProps['more']
  readonly attempt: (deed: Promise<unknown>) => void
}

/** The rows of which only those in sight are in the page. */
function Rows({ items, known, labels, locale, more, attempt }: RowsProps): ReactNode {
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
    else if (item.archivedAt !== null && (event.key === 'r' || event.key === 'e')) attempt(mark([item.id], 'unread'))
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
                  more={more?.(item)}
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
