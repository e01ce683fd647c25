import { Dialog } from '@base-ui/react/dialog'
import { X } from 'lucide-react'
import { useTexts } from '../lib/context.ts'
import './Dialog.css'

interface ShortcutsDialogProps {
  readonly open: boolean
  readonly onOpenChange: (open: boolean) => void
}

/** The list of keyboard shortcuts. */
export function ShortcutsDialog({ open, onOpenChange }: ShortcutsDialogProps) {
  const { t } = useTexts()
  const rows: readonly (readonly [readonly string[], string])[] = [
    [['/'], t.shortcuts.search],
    [['j'], t.shortcuts.next],
    [['k'], t.shortcuts.previous],
    [['Enter'], t.shortcuts.open],
    [['g', 'o'], t.shortcuts.overview],
    [['g', 'r'], t.shortcuts.runs],
    [['g', 'n'], t.shortcuts.notifications],
    [['g', 'c'], t.shortcuts.connections],
    [['g', 'q'], t.shortcuts.queues],
    [['g', 's'], t.shortcuts.settings],
    [['Esc'], t.shortcuts.close],
    [['?'], t.shortcuts.help],
  ]
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Backdrop className="veil" />
        <Dialog.Popup className="popup dialog" data-modal="">
          <div className="dialog-head">
            <Dialog.Title>{t.shortcuts.title}</Dialog.Title>
            <Dialog.Close className="button icon-only" aria-label={t.close}>
              <X className="icon" aria-hidden />
            </Dialog.Close>
          </div>
          <dl className="shortcut-list">
            {rows.map(([keys, name]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>
                  {keys.map((key, index) => (
                    <span key={key}>
                      {index > 0 && <span className="faint"> {t.shortcuts.thenKey} </span>}
                      <kbd>{key}</kbd>
                    </span>
                  ))}
                </dd>
              </div>
            ))}
          </dl>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
