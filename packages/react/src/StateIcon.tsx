import type { ItemStatus, RunStatus } from '@monofil/protocol'
import type { ReactNode } from 'react'

const PATHS: Readonly<Record<RunStatus | ItemStatus, string>> = {
  queued: 'M8 4.5V8l2.5 1.5',
  running: 'M8 1.75a6.25 6.25 0 0 1 6.25 6.25',
  retrying: 'M10.9 8a2.9 2.9 0 1 1-.9-2.1M10.4 4.2v1.9H8.5',
  paused: 'M6.25 5.5v5M9.75 5.5v5',
  completed: 'M5 8.25 7.1 10.4 11.1 5.9',
  partial: 'M8 4.75v3.75M8 11v.1',
  failed: 'M5.75 5.75l4.5 4.5M10.25 5.75l-4.5 4.5',
  cancelled: 'M5 8h6',
}

/** The icon of a state; the word stands beside it, so it says nothing to a screen reader. */
export function StateIcon({ status }: { readonly status: RunStatus | ItemStatus }): ReactNode {
  return (
    <svg className="monofil-icon" data-status={status} viewBox="0 0 16 16" aria-hidden="true">
      <circle cx="8" cy="8" r="6.25" />
      <path d={PATHS[status]} />
    </svg>
  )
}
