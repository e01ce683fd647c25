import { AlertDialog } from '@base-ui/react/alert-dialog'
import './Dialog.css'

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

/** Asks once before something that cannot be taken back. */
export function ConfirmDialog({ open, title, body, confirm, dismiss, onConfirm, onClose }: ConfirmDialogProps) {
  return (
    <AlertDialog.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="veil" />
        <AlertDialog.Popup className="popup dialog" data-modal="">
          <AlertDialog.Title>{title}</AlertDialog.Title>
          <AlertDialog.Description className="muted">{body}</AlertDialog.Description>
          <div className="dialog-actions">
            <AlertDialog.Close className="button">{dismiss}</AlertDialog.Close>
            <button
              type="button"
              className="button danger"
              onClick={() => {
                onConfirm()
                onClose()
              }}
            >
              {confirm}
            </button>
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  )
}
