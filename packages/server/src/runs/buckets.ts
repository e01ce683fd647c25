import type { Buckets } from '@monofil/protocol'
import type { EndCount } from '../seams/run-store.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Lengths that a person reads off an axis. */
const LENGTHS = [
  ...[1, 2, 5, 10, 15, 30].map((count) => count * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * MINUTE),
  ...[1, 2, 3, 6, 12].map((count) => count * HOUR),
]

/**
 * At most `most` buckets that cover a time, both ends included. They begin at multiples of their length, so that the same
 * moment is in the same bucket whenever one looks, as long as their length stays.
 */
export function bucketsOver(fromMs: number, toMs: number, most: number): Buckets {
  const to = Math.max(fromMs, toMs)
  const covering = (length: number): number => Math.floor(to / length) - Math.floor(fromMs / length) + 1
  let bucketMs = LENGTHS.find((length) => covering(length) <= most) ?? DAY
  while (covering(bucketMs) > most) bucketMs += DAY
  return {
    from: new Date(Math.floor(fromMs / bucketMs) * bucketMs).toISOString(),
    bucketMs,
    buckets: covering(bucketMs),
  }
}

/** The counts as lists with an entry for every bucket. What ended outside of them is left out. */
export function seriesOf(
  { buckets }: Pick<Buckets, 'buckets'>,
  counts: readonly EndCount[],
): { completed: number[]; failed: number[] } {
  const completed = Array.from({ length: buckets }, () => 0)
  const failed = Array.from({ length: buckets }, () => 0)
  for (const count of counts) {
    if (count.bucket < 0 || count.bucket >= buckets) continue
    completed[count.bucket] = (completed[count.bucket] ?? 0) + count.completed
    failed[count.bucket] = (failed[count.bucket] ?? 0) + count.failed
  }
  return { completed, failed }
}
