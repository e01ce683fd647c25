import type { Diagnostics } from '@monofil/client'
import type { ReactNode, Ref } from 'react'
import { streamsOf } from './words.ts'

export interface BadgeProps {
  readonly buttonRef: Ref<HTMLButtonElement>
  readonly debug: Diagnostics
  readonly onOpen: () => void
}

/** The panel, collapsed: status, role and streams. */
export function Badge({ buttonRef, debug, onOpen }: BadgeProps): ReactNode {
  return (
    <button
      ref={buttonRef}
      type="button"
      className="badge"
      aria-expanded={false}
      onClick={onOpen}
      title="Monofil devtools"
    >
      <span className="dot" data-status={debug.status} aria-hidden="true" />
      <span className="name">monofil</span> <b>{debug.status}</b>
      <span className="quiet">
        {debug.rank} · {streamsOf(debug)}
      </span>
    </button>
  )
}
