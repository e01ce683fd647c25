import type { ItemStatus, RunStatus } from '@monofil/protocol'
import type { ReactNode } from 'react'

const PATHS: Readonly<Record<RunStatus | ItemStatus, string>> = {
  queued: 'M8 4v4l2.5 1.8',
  running: 'M8 1.5A6.5 6.5 0 0 1 14.5 8',
  retrying: 'M11 8a3 3 0 1 1-1-2.2M10.6 4v2H8.6',
  paused: 'M6 5.5v5M10 5.5v5',
  completed: 'm4.8 8.2 2.3 2.3 4.2-4.8',
  partial: 'M8 4.6v4M8 11.2v.1',
  failed: 'm5.6 5.6 4.8 4.8m0-4.8-4.8 4.8',
  cancelled: 'M5 8h6',
}

/** Words of a photo's state: colour alone tells nobody anything. */
export const ITEM_WORDS: Readonly<Record<ItemStatus, string>> = {
  queued: 'Waiting',
  running: 'At work',
  retrying: 'Trying again',
  completed: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
}

/** A state's sign; its word stands beside it. */
export function StateIcon({ status }: { readonly status: RunStatus | ItemStatus }): ReactNode {
  return (
    <svg className="state-icon" data-status={status} viewBox="0 0 16 16" aria-hidden="true">
      <circle cx="8" cy="8" r="6.5" />
      <path d={PATHS[status]} />
    </svg>
  )
}
