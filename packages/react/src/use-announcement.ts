import { useEffect, useRef, useState } from 'react'
import type { BatchProgress } from './batch.ts'
import type { Format } from './format.ts'
import type { Labels } from './labels.ts'

/** Between two announcements of progress; the end is announced at once. */
const PAUSE_MS = 10_000
const MILESTONE = 25

/** What a screen reader is told: each quarter at most once in ten seconds, and the end. Empty before anything moved. */
export function useAnnouncement(data: BatchProgress | null, labels: Labels, format: Format): string {
  const [text, setText] = useState('')
  const last = useRef({ key: '', at: Number.NEGATIVE_INFINITY })
  const finished = data?.summary.finished === true
  const quarter = data === null ? 0 : Math.floor(data.summary.percent / MILESTONE) * MILESTONE
  const key = data === null ? '' : `${data.run.id} ${data.run.round} ${finished ? data.status : quarter}`
  const words =
    data === null ? '' : finished ? endWords(data, labels, format) : labels.milestone(format.percent(quarter))
  useEffect(() => {
    const now = Date.now()
    const silent =
      key === '' || key === last.current.key || (!finished && (quarter === 0 || now - last.current.at < PAUSE_MS))
    if (silent) return
    last.current = { key, at: now }
    setText(words)
  }, [key, words, finished, quarter])
  return text
}

/** How a finished run ended, in one sentence. */
export function endWords({ run, status, counts }: BatchProgress, labels: Labels, format: Format): string {
  const took =
    run.startedAt !== null && run.finishedAt !== null
      ? format.duration(Date.parse(run.finishedAt) - Date.parse(run.startedAt))
      : null
  if (status === 'completed') return labels.completed(format.count(counts.completed), took)
  if (status === 'partial') return labels.partial(format.count(counts.completed), format.count(counts.failed))
  if (status === 'cancelled') return labels.cancelled(format.count(counts.completed), format.count(counts.total))
  return labels.failed(run.error?.message ?? null)
}
