import { Dialog } from '@base-ui/react/dialog'
import { useMonofil } from '@monofil/react'
import { X } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTexts } from '../lib/context.ts'
import { type Draft, type DraftField, emptyDraft, fieldOf, requestOf } from '../lib/schedule-draft.ts'
import { useSchedulePreview } from '../lib/use-schedule-preview.ts'
import { ErrorPanel } from './ErrorPanel.tsx'
import { Field } from './Field.tsx'
import { SchedulePreview } from './SchedulePreview.tsx'
import { ScheduleTimes } from './ScheduleTimes.tsx'
import './Dialog.css'
import './ScheduleForm.css'

interface ScheduleFormProps {
  readonly onClose: () => void
  readonly onMade: () => void
}

/** Makes a schedule: what, when, with which input. The hub reads it while one types, and says the next times. */
export function ScheduleForm({ onClose, onMade }: ScheduleFormProps) {
  const { t } = useTexts()
  const { client } = useMonofil()
  const [draft, setDraft] = useState(emptyDraft)
  const [isSending, setSending] = useState(false)
  const [failed, setFailed] = useState<Error | null>(null)
  const change = (next: Partial<Draft>) => {
    setFailed(null)
    setDraft((old) => ({ ...old, ...next }))
  }
  const request = requestOf(draft)
  const preview = useSchedulePreview(request === 'input' ? null : request)
  const refused = failed ?? preview.error
  const field = request === 'input' ? 'input' : refused === null ? null : fieldOf(refused)
  const why = request === 'input' ? t.schedules.form.inputWrong : (refused?.message ?? '')
  const problemOf = (name: DraftField) => (field === name ? why : null)
  const send = () => {
    if (request === null || request === 'input') return
    setSending(true)
    setFailed(null)
    client.api.schedules.create(request).then(
      () => {
        onMade()
        onClose()
      },
      (error: Error) => {
        setFailed(error)
        setSending(false)
      },
    )
  }
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="veil" />
        <Dialog.Popup className="popup dialog schedule-dialog" data-modal="">
          <div className="dialog-head">
            <Dialog.Title>{t.schedules.form.title}</Dialog.Title>
            <Dialog.Close className="button icon-only" aria-label={t.close}>
              <X className="icon" aria-hidden />
            </Dialog.Close>
          </div>
          <form
            className="schedule-form"
            noValidate
            onSubmit={(event) => {
              event.preventDefault()
              send()
            }}
          >
            <Parts draft={draft} onChange={change} problemOf={problemOf} />
            <SchedulePreview schedule={preview.schedule} />
            {refused !== null && field === null && <ErrorPanel error={refused} title={t.schedules.refused} />}
            <div className="dialog-actions">
              <Dialog.Close className="button">{t.schedules.form.cancel}</Dialog.Close>
              <button type="submit" className="button is-primary" disabled={isSending || preview.schedule === null}>
                {t.schedules.form.create}
              </button>
            </div>
          </form>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

interface PartsProps {
  readonly draft: Draft
  readonly onChange: (next: Partial<Draft>) => void
  readonly problemOf: (field: DraftField) => string | null
}

function Parts({ draft, onChange, problemOf }: PartsProps) {
  const { form } = useTexts().t.schedules
  const workflows = useWorkflowNames()
  return (
    <>
      <Field
        label={form.workflow}
        problem={problemOf('workflow') ?? (workflows?.length === 0 ? form.noWorkflows : null)}
      >
        <select value={draft.workflow} onChange={(event) => onChange({ workflow: event.target.value })}>
          <option value="">{form.choose}</option>
          {workflows?.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </Field>
      <Field label={form.id} hint={form.idHint} problem={problemOf('id')}>
        <input value={draft.id} onChange={(event) => onChange({ id: event.target.value })} autoComplete="off" />
      </Field>
      <ScheduleTimes draft={draft} onChange={onChange} problemOf={problemOf} />
      <Field label={form.input} problem={problemOf('input')} isWide>
        <textarea
          className="mono"
          rows={3}
          spellCheck={false}
          value={draft.input}
          onChange={(event) => onChange({ input: event.target.value })}
        />
      </Field>
      <Field label={form.overlap}>
        <select
          value={draft.overlap}
          onChange={(event) => onChange({ overlap: event.target.value === 'allow' ? 'allow' : 'skip' })}
        >
          <option value="skip">{form.overlaps.skip}</option>
          <option value="allow">{form.overlaps.allow}</option>
        </select>
      </Field>
      <Field label={form.missed}>
        <select
          value={draft.missed}
          onChange={(event) => onChange({ missed: event.target.value === 'none' ? 'none' : 'one' })}
        >
          <option value="one">{form.misses.one}</option>
          <option value="none">{form.misses.none}</option>
        </select>
      </Field>
    </>
  )
}

/** The workflows one may start; null while the hub has not said. */
function useWorkflowNames(): readonly string[] | null {
  const { client } = useMonofil()
  const [names, setNames] = useState<readonly string[] | null>(null)
  useEffect(() => {
    let isGone = false
    client.api.workflows().then(
      (page) => !isGone && setNames(page.items.map(({ name }) => name)),
      // Nothing can be chosen, which is what the empty list says.
      () => !isGone && setNames([]),
    )
    return () => {
      isGone = true
    }
  }, [client])
  return names
}
