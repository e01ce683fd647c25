import { type ReactNode, useId } from 'react'

interface ControlButtonProps {
  readonly busy?: boolean | undefined
  /** Why it cannot be pressed now. It stays reachable, so that the reason is; null: it can. */
  readonly why?: string | null | undefined
  readonly onClick: () => void
  readonly className?: string | undefined
  readonly children: ReactNode
}

/** A button that says why it cannot be pressed, to the eye and to a screen reader. */
export function ControlButton({
  busy = false,
  why = null,
  onClick,
  className,
  children,
}: ControlButtonProps): ReactNode {
  const id = useId()
  return (
    <>
      <button
        type="button"
        className={`monofil-button${className ? ` ${className}` : ''}`}
        aria-disabled={why !== null || undefined}
        aria-busy={busy || undefined}
        aria-describedby={why === null ? undefined : id}
        title={why ?? undefined}
        onClick={() => why === null && onClick()}
      >
        {children}
      </button>
      {why !== null && (
        <span id={id} className="monofil-visually-hidden">
          {why}
        </span>
      )}
    </>
  )
}
