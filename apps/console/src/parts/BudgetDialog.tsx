import { Dialog } from '@base-ui/react/dialog'
import type { Budget, RunState } from '@monofil/protocol'
import { useMonofil } from '@monofil/react'
import { X } from 'lucide-react'
import { useState } from 'react'
import { budgetOf, draftOf, problemsOf } from '../lib/budget-draft.ts'
import { useTexts } from '../lib/context.ts'
import { money } from '../lib/money.ts'
import { ErrorPanel } from './ErrorPanel.tsx'
import { Field } from './Field.tsx'
import './Dialog.css'

/** Changes what a run may use: a bound for each part, or none. */
export function BudgetDialog({ run, onClose }: { readonly run: RunState; readonly onClose: () => void }) {
  const { t, f } = useTexts()
  const { client } = useMonofil()
  const [draft, setDraft] = useState(() => draftOf(run.budget))
  const [isSending, setSending] = useState(false)
  const [failed, setFailed] = useState<Error | null>(null)
  const wrong = problemsOf(draft)
  const { tokens, cost, currency } = run.usage
  const texts = t.usage.budget
  const used: Partial<Record<keyof Budget, string>> = {
    ...(tokens === undefined ? {} : { tokens: texts.used(f.number(tokens)) }),
    ...(cost === undefined ? {} : { cost: texts.used(money(cost, currency, f.locale)) }),
  }
  const labels = { tokens: texts.tokens, cost: texts.cost(currency ?? ''), items: texts.items, timeMs: texts.time }
  const send = () => {
    setSending(true)
    setFailed(null)
    client.api.runs
      .update(run.id, { budget: budgetOf(draft) })
      .then(onClose, setFailed)
      .finally(() => setSending(false))
  }
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="veil" />
        <Dialog.Popup className="popup dialog" data-modal="">
          <div className="dialog-head">
            <Dialog.Title>{texts.title}</Dialog.Title>
            <Dialog.Close className="button icon-only" aria-label={t.close}>
              <X className="icon" aria-hidden />
            </Dialog.Close>
          </div>
          <Dialog.Description className="muted">{texts.body}</Dialog.Description>
          <form
            className="budget-form"
            noValidate
            onSubmit={(event) => {
              event.preventDefault()
              if (wrong.length === 0) send()
            }}
          >
            {(['tokens', 'cost', 'items', 'timeMs'] as const).map((part) => (
              <Field
                key={part}
                label={labels[part]}
                hint={used[part]}
                problem={
                  wrong.includes(part) ? (part === 'cost' || part === 'timeMs' ? texts.money : texts.whole) : null
                }
              >
                <input
                  inputMode={part === 'cost' || part === 'timeMs' ? 'decimal' : 'numeric'}
                  value={draft[part]}
                  onChange={(event) => setDraft((old) => ({ ...old, [part]: event.target.value }))}
                />
              </Field>
            ))}
            {failed !== null && <ErrorPanel error={failed} title={texts.refused} />}
            <div className="dialog-actions">
              <Dialog.Close className="button">{texts.cancel}</Dialog.Close>
              <button type="submit" className="button is-primary" disabled={isSending || wrong.length > 0}>
                {texts.save}
              </button>
            </div>
          </form>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
