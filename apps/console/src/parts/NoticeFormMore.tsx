import { useNoticeTexts } from '../lib/notice-texts.ts'
import { ownZone } from '../lib/schedule-times.ts'
import { Field } from './Field.tsx'
import type { NoticePartsProps } from './NoticeForm.tsx'

/** What of a notification is seldom wanted. */
export function NoticeFormMore({ draft, onChange, problemOf }: NoticePartsProps) {
  const { test: n } = useNoticeTexts()
  return (
    <div className="test-more">
      <Field label={n.module} problem={problemOf('module')}>
        <input value={draft.module} onChange={(event) => onChange({ module: event.target.value })} autoComplete="off" />
      </Field>
      <Field label={n.id} hint={n.idHint} problem={problemOf('id')}>
        <input value={draft.id} onChange={(event) => onChange({ id: event.target.value })} autoComplete="off" />
      </Field>
      <Field label={n.template} hint={n.templateHint} problem={problemOf('template')}>
        <input
          value={draft.template}
          onChange={(event) => onChange({ template: event.target.value })}
          autoComplete="off"
        />
      </Field>
      <Field label={n.values} problem={problemOf('values')}>
        <input
          className="mono"
          value={draft.values}
          placeholder='{"n": 2}'
          onChange={(event) => onChange({ values: event.target.value })}
          autoComplete="off"
          spellCheck={false}
        />
      </Field>
      <Field label={n.ttl} problem={problemOf('ttl')}>
        <input
          inputMode="decimal"
          value={draft.ttl}
          onChange={(event) => onChange({ ttl: event.target.value })}
          autoComplete="off"
        />
      </Field>
      <Field label={n.sendAt} hint={n.sendAtHint(ownZone())} problem={problemOf('sendAt')}>
        <input
          type="datetime-local"
          value={draft.sendAt}
          onChange={(event) => onChange({ sendAt: event.target.value })}
        />
      </Field>
      <label className="check-line">
        <input type="checkbox" checked={draft.store} onChange={(event) => onChange({ store: event.target.checked })} />
        <span>
          {n.store}
          <span className="faint">{n.storeHint}</span>
        </span>
      </label>
    </div>
  )
}
