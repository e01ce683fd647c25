import type { RunState } from '@monofil/protocol'
import { useEffect, useState } from 'react'
import { useNow } from './context.ts'
import { addSample, type RateSample, rateOf } from './rate.ts'
import { doneOf } from './shares.ts'

/** Items per second of a running run, as watched here; null while there is nothing to say. */
export function useRate(run: RunState): number | null {
  const now = useNow()
  const done = doneOf(run.counts)
  const [samples, setSamples] = useState<readonly RateSample[]>([])
  useEffect(() => {
    if (run.status === 'running') setSamples((known) => addSample(known, { at: now, done }))
    else setSamples([])
  }, [now, done, run.status])
  return run.status === 'running' ? rateOf(samples, { at: now, done }, run.startedAt) : null
}
