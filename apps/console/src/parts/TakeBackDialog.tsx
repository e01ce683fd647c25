import type { QueuedNotice } from '@monofil/protocol'
import { useTexts } from '../lib/context.ts'
import { useNoticeTexts } from '../lib/notice-texts.ts'
import { titleOf } from '../lib/use-notice-deeds.ts'
import { ConfirmDialog } from './ConfirmDialog.tsx'

interface TakeBackDialogProps {
  readonly notice: QueuedNotice | null
  readonly onConfirm: (notice: QueuedNotice) => void
  readonly onClose: () => void
}

/** Asks once before a notification leaves every inbox. */
export function TakeBackDialog({ notice, onConfirm, onClose }: TakeBackDialogProps) {
  const { amount } = useTexts()
  const { queue } = useNoticeTexts()
  return (
    <ConfirmDialog
      open={notice !== null}
      title={queue.askTitle(notice === null ? '' : titleOf(notice))}
      body={queue.askBody(amount(notice?.recipients ?? 0))}
      confirm={queue.askConfirm}
      dismiss={queue.keep}
      onConfirm={() => notice !== null && onConfirm(notice)}
      onClose={onClose}
    />
  )
}
