import type { Mark } from './run-tape.ts'

/** A stretch of a scrubber, in parts (0 to 1) of its length. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** Failures as columns of a small chart: where, and how high (0 to 1). */
export interface Column {
  readonly at: number
  readonly height: number
  readonly count: number
}

const COLUMNS = 120
/** One failure among thousands must still be seen. */
const LEAST = 0.35

/** Failures gathered into at most 120 columns between two times. */
export function failureColumns(marks: readonly Mark[], from: number, to: number): readonly Column[] {
  const counts = new Map<number, number>()
  for (const { kind, at, count } of marks) {
    if (kind !== 'failure') continue
    const column = Math.round(partOf(at, from, to) * COLUMNS)
    counts.set(column, (counts.get(column) ?? 0) + count)
  }
  const most = Math.max(1, ...counts.values())
  return [...counts].map(([column, count]) => ({
    at: column / COLUMNS,
    height: LEAST + (1 - LEAST) * (count / most),
    count,
  }))
}

/** When the run was paused. */
export function pauseSpans(marks: readonly Mark[], from: number, to: number): readonly Span[] {
  const spans: Span[] = []
  let since: number | null = null
  for (const { kind, at } of marks) {
    if (kind === 'pause') since ??= at
    else if (kind !== 'failure' && since !== null) {
      spans.push({ from: partOf(since, from, to), to: partOf(at, from, to) })
      since = null
    }
  }
  if (since !== null) spans.push({ from: partOf(since, from, to), to: 1 })
  return spans
}

/** Where a time lies between two others, 0 to 1; 0 where these are one. */
export function partOf(at: number, from: number, to: number): number {
  return to <= from ? 0 : Math.min(1, Math.max(0, (at - from) / (to - from)))
}
