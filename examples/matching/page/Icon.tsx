import type { ReactNode } from 'react'

const PATHS = {
  waiting: 'M8 4v4l2.5 1.8',
  running: 'M8 1.5A6.5 6.5 0 0 1 14.5 8',
  paused: 'M6 5.5v5M10 5.5v5',
  yes: 'm4.8 8.2 2.3 2.3 4.2-4.8',
  warn: 'M8 4.6v4M8 11.2v.1',
  no: 'm5.6 5.6 4.8 4.8m0-4.8-4.8 4.8',
  none: 'M5 8h6',
} as const

/** A sign; its word stands beside it. */
export function Icon({ name }: { readonly name: keyof typeof PATHS }): ReactNode {
  return (
    <svg className="icon" data-icon={name} viewBox="0 0 16 16" aria-hidden="true">
      <circle cx="8" cy="8" r="6.5" />
      <path d={PATHS[name]} />
    </svg>
  )
}

const OF_STATUS = {
  queued: 'waiting',
  running: 'running',
  retrying: 'running',
  paused: 'paused',
  completed: 'yes',
  partial: 'warn',
  failed: 'no',
  cancelled: 'none',
} as const

/** The sign of a run's, step's or item's status. */
export function StatusIcon({ status }: { readonly status: keyof typeof OF_STATUS }): ReactNode {
  return <Icon name={OF_STATUS[status]} />
}
