/** How many items were done when. */
export interface RateSample {
  readonly at: number
  readonly done: number
}

const WINDOW_MS = 30_000
const LEAST_MS = 2_000

/**
 * Adds what is known now to the samples of the last 30 s. Answers the same array when nothing changed within a second,
 * so that a burst of updates costs nothing. A falling count (a new round) begins anew.
 */
export function addSample(samples: readonly RateSample[], sample: RateSample): readonly RateSample[] {
  const last = samples.at(-1)
  if (last !== undefined && sample.done < last.done) return [sample]
  if (last !== undefined && sample.at - last.at < 1000) return samples
  const oldest = sample.at - WINDOW_MS
  return [...samples.filter(({ at }) => at >= oldest), sample]
}

/**
 * Items per second over the window; before two seconds were watched, the average since `startedAt`.
 * Null when neither says anything yet.
 */
export function rateOf(samples: readonly RateSample[], now: RateSample, startedAt: string | null): number | null {
  const first = samples[0]
  if (first !== undefined && now.at - first.at >= LEAST_MS)
    return ((now.done - first.done) * 1000) / (now.at - first.at)
  if (startedAt === null) return null
  const elapsed = now.at - Date.parse(startedAt)
  return now.done > 0 && elapsed >= LEAST_MS ? (now.done * 1000) / elapsed : null
}
