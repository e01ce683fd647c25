import type { Buckets, Ended, Throughput } from '@monofil/protocol'

/** One bucket as a chart shows it. */
export interface SeriesPoint {
  /** When it begins, in ms since 1970. */
  readonly at: number
  /** Items that ended in it, completed or failed. */
  readonly ended: number
  readonly failed: number
  /** Items per second, over as much of the bucket as has passed. */
  readonly rate: number
}

/** The buckets as points. The last one counts up to `untilMs`, so that it does not look like a fall. */
export function pointsOf(range: Buckets, { completed, failed }: Ended, untilMs: number): readonly SeriesPoint[] {
  const from = Date.parse(range.from)
  return Array.from({ length: range.buckets }, (_, index) => {
    const at = from + index * range.bucketMs
    const ended = (completed[index] ?? 0) + (failed[index] ?? 0)
    const passed = Math.min(range.bucketMs, Math.max(1000, untilMs - at))
    return { at, ended, failed: failed[index] ?? 0, rate: (ended * 1000) / passed }
  })
}

/** All steps of a run together, or one of them; nothing where none of its items ended. */
export function endedOf({ steps, buckets }: Throughput, step: string): Ended {
  const chosen = steps.filter((one) => step === '' || one.step === step)
  const sum = (list: (one: Ended) => readonly number[]) =>
    Array.from({ length: buckets }, (_, index) => chosen.reduce((all, one) => all + (list(one)[index] ?? 0), 0))
  return { completed: sum((one) => one.completed), failed: sum((one) => one.failed) }
}
