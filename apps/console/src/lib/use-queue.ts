import type { NoticeQueueStatus, NoticeStatus, QueuedNotice } from '@monofil/protocol'
import { useMonofil } from '@monofil/react'
import { useCallback, useState } from 'react'
import { readQueue, readQueueStatus, readTrace } from './queue-api.ts'
import { useQueueNews } from './use-queue-news.ts'
import { type Reread, useReread } from './use-reread.ts'

const EVERY_MS = 2_000
const PAGE = 100
const MAX_PAGE = 200

/** The queue as last read. */
export interface QueueData {
  readonly status: NoticeQueueStatus
  readonly rows: readonly QueuedNotice[]
  readonly hasMore: boolean
}

export interface QueueFilter {
  readonly status: NoticeStatus | undefined
  /** Found in id, title, message and sender of what was read; an exact id is asked for. */
  readonly q: string
}

/** Reads the queue, its newest first, again with news of it; `more` brings older ones. */
export function useQueue({ status, q }: QueueFilter): Reread<QueueData> & { readonly more: () => void } {
  const { client } = useMonofil()
  const [wanted, want] = useState(PAGE)
  const [isOpen, setOpen] = useState(false)
  const exact = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/.test(q) ? q : null
  const read = useCallback(async (): Promise<QueueData> => {
    const [sums, page, found] = await Promise.all([
      readQueueStatus(client),
      readRows(client, status, wanted),
      // Most words are no id: 404 is the plain answer.
      exact === null ? null : readTrace(client, exact, { limit: 1 }).catch(() => null),
    ])
    setOpen(sums.pending + sums.sending > 0)
    const one = found?.notification
    const isNew = one && !page.rows.some(({ id }) => id === one.id) && (status === undefined || one.status === status)
    return { status: sums, rows: isNew ? [one, ...page.rows] : page.rows, hasMore: page.hasMore }
  }, [client, status, wanted, exact])
  const reread = useReread(read, useQueueNews(isOpen), EVERY_MS)
  return { ...reread, more: () => want((known) => known + PAGE) }
}

async function readRows(
  client: Parameters<typeof readQueue>[0],
  status: NoticeStatus | undefined,
  wanted: number,
): Promise<Pick<QueueData, 'rows' | 'hasMore'>> {
  const rows: QueuedNotice[] = []
  let cursor: string | undefined
  while (rows.length < wanted) {
    const { items, nextCursor } = await readQueue(client, {
      status,
      limit: Math.min(MAX_PAGE, wanted - rows.length),
      cursor,
    })
    rows.push(...items)
    if (nextCursor === null) return { rows, hasMore: false }
    cursor = nextCursor
  }
  return { rows, hasMore: true }
}

/** Those of the rows in which the words are found, whatever the case. */
export function matching(rows: readonly QueuedNotice[], q: string): readonly QueuedNotice[] {
  const words = q.trim().toLowerCase()
  if (words === '') return rows
  return rows.filter(({ id, title, message, sender }) =>
    [id, title ?? '', message ?? '', sender].some((text) => text.toLowerCase().includes(words)),
  )
}
