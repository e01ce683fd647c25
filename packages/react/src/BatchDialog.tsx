import { type ReactNode, useEffect, useRef } from 'react'

interface BatchDialogProps {
  readonly open: boolean
  readonly onClose: (() => void) | undefined
  readonly titleId: string
  readonly closeLabel: string
  readonly children: ReactNode
}

/** The platform's modal dialog: it keeps the focus, closes on Escape and gives the focus back. */
export function BatchDialog({ open, onClose, titleId, closeLabel, children }: BatchDialogProps): ReactNode {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const element = dialog.current
    if (element === null || element.open === open) return
    if (open) element.showModal()
    else element.close()
  }, [open])
  return (
    <dialog ref={dialog} className="monofil-dialog" aria-labelledby={titleId} onClose={onClose}>
      <form method="dialog">
        <button type="submit" className="monofil-close" aria-label={closeLabel}>
          <span aria-hidden="true">×</span>
        </button>
      </form>
      {children}
    </dialog>
  )
}
