import { type ReactNode, useEffect, useId, useRef } from 'react'

interface ConfirmDialogProps {
  readonly open: boolean
  readonly title: string
  readonly body: string
  /** What the button says that does it. */
  readonly confirm: string
  readonly dismiss: string
  readonly onConfirm: () => void
  readonly onClose: () => void
}

/** Asks once before what cannot be taken back. Escape and the first button leave everything as it is. */
export function ConfirmDialog({
  open,
  title,
  body,
  confirm,
  dismiss,
  onConfirm,
  onClose,
}: ConfirmDialogProps): ReactNode {
  const dialog = useRef<HTMLDialogElement>(null)
  const [titleId, bodyId] = [useId(), useId()]
  useEffect(() => {
    const element = dialog.current
    if (element === null || element.open === open) return
    if (open) element.showModal()
    else element.close()
  }, [open])
  return (
    <dialog
      ref={dialog}
      className="monofil-dialog monofil-confirm"
      role="alertdialog"
      aria-labelledby={titleId}
      aria-describedby={bodyId}
      onClose={onClose}
    >
      {open && (
        <>
          <h2 id={titleId}>{title}</h2>
          <p id={bodyId}>{body}</p>
          <div className="monofil-controls">
            <button type="button" className="monofil-button" onClick={onClose}>
              {dismiss}
            </button>
            <button
              type="button"
              className="monofil-button"
              data-danger=""
              onClick={() => {
                onConfirm()
                onClose()
              }}
            >
              {confirm}
            </button>
          </div>
        </>
      )}
    </dialog>
  )
}
