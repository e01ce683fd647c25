import type { Counts } from '@monofil/protocol'
import type { ReactNode } from 'react'

const ORDER = ['completed', 'failed', 'cancelled', 'running', 'retrying'] as const

/** A few of many are still seen: the least a state takes of the bar, in percent. */
const LEAST = 2

/** Counts by state as one bar; what waits is the bare track. The numbers stand beside it. */
export function StepBar({ counts }: { readonly counts: Counts }): ReactNode {
  return (
    <span className="monofil-step-bar" aria-hidden="true">
      {ORDER.filter((state) => counts[state] > 0).map((state) => (
        <span key={state} data-status={state} style={{ flexBasis: `${share(counts, state)}%` }} />
      ))}
    </span>
  )
}

function share(counts: Counts, state: (typeof ORDER)[number]): number {
  return counts.total === 0 ? 0 : Math.max(LEAST, (counts[state] / counts.total) * 100)
}
