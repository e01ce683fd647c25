import type { LucideIcon } from 'lucide-react'
import { type ReactNode, useId } from 'react'

interface ControlButtonProps {
  readonly icon: LucideIcon
  readonly isBusy?: boolean
  /** Why it cannot be used now; it stays reachable, so that the reason is. */
  readonly why: string | null
  readonly onClick: () => void
  readonly children: ReactNode
}

/** A button that says why it cannot be pressed. */
export function ControlButton({ icon: Icon, isBusy = false, why, onClick, children }: ControlButtonProps) {
  const id = useId()
  return (
    <>
      <button
        type="button"
        className="button"
        aria-disabled={why !== null || undefined}
        aria-busy={isBusy || undefined}
        aria-describedby={why === null ? undefined : id}
        title={why ?? undefined}
        onClick={() => why === null && onClick()}
      >
        <Icon className="icon" aria-hidden />
        {children}
      </button>
      {why !== null && (
        <span id={id} className="visually-hidden">
          {why}
        </span>
      )}
    </>
  )
}
