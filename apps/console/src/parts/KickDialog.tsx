import type { ConnectionRow } from '@monofil/client'
import { useTexts } from '../lib/context.ts'
import { ConfirmDialog } from './ConfirmDialog.tsx'

interface KickDialogProps {
  readonly row: ConnectionRow | null
  readonly onConfirm: (row: ConnectionRow) => void
  readonly onClose: () => void
}

/** Asks once before a stream is ended. */
export function KickDialog({ row, onConfirm, onClose }: KickDialogProps) {
  const { connections } = useTexts().t
  return (
    <ConfirmDialog
      open={row !== null}
      title={connections.kickTitle(row?.user ?? '')}
      body={connections.kickBody}
      confirm={connections.kickConfirm}
      dismiss={connections.cancel}
      onConfirm={() => row !== null && onConfirm(row)}
      onClose={onClose}
    />
  )
}
