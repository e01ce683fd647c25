import { AlertDialog } from '@base-ui/react/alert-dialog'
import type { ConnectionRow } from '@monofil/client'
import { useTexts } from '../lib/context.ts'
import './Dialog.css'

interface KickDialogProps {
  readonly row: ConnectionRow | null
  readonly onConfirm: (row: ConnectionRow) => void
  readonly onClose: () => void
}

/** Asks once before a stream is ended. */
export function KickDialog({ row, onConfirm, onClose }: KickDialogProps) {
  const { t } = useTexts()
  return (
    <AlertDialog.Root open={row !== null} onOpenChange={(open) => !open && onClose()}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="veil" />
        <AlertDialog.Popup className="popup dialog" data-modal="">
          <AlertDialog.Title>{t.connections.kickTitle(row?.user ?? '')}</AlertDialog.Title>
          <AlertDialog.Description className="muted">{t.connections.kickBody}</AlertDialog.Description>
          <div className="dialog-actions">
            <AlertDialog.Close className="button">{t.connections.cancel}</AlertDialog.Close>
            <button
              type="button"
              className="button danger"
              onClick={() => {
                if (row !== null) onConfirm(row)
                onClose()
              }}
            >
              {t.connections.kickConfirm}
            </button>
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  )
}
