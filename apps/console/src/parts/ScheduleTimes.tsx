import { useId, useState } from 'react'
import { useTexts } from '../lib/context.ts'
import type { Draft, DraftField } from '../lib/schedule-draft.ts'
import { knownZones, ownZone } from '../lib/schedule-times.ts'
import { Field } from './Field.tsx'

interface ScheduleTimesProps {
  readonly draft: Draft
  readonly onChange: (next: Partial<Draft>) => void
  readonly problemOf: (field: DraftField) => string | null
}

/** When: a cron in a zone, or a date. */
export function ScheduleTimes({ draft, onChange, problemOf }: ScheduleTimesProps) {
  const { form } = useTexts().t.schedules
  const [zones] = useState(knownZones)
  const zoneList = useId()
  const kinds = [
    { kind: 'cron', name: form.again },
    { kind: 'at', name: form.once },
  ] as const
  return (
    <>
      <fieldset className="schedule-kind">
        <legend>{form.kind}</legend>
        {kinds.map(({ kind, name }) => (
          <label key={kind}>
            <input type="radio" name="kind" checked={draft.kind === kind} onChange={() => onChange({ kind })} />
            {name}
          </label>
        ))}
      </fieldset>
      {draft.kind === 'cron' ? (
        <>
          <Field label={form.cron} hint={form.cronHint} problem={problemOf('cron')}>
            <input
              className="mono"
              value={draft.cron}
              onChange={(event) => onChange({ cron: event.target.value })}
              autoComplete="off"
              spellCheck={false}
            />
          </Field>
          <Field label={form.timezone} problem={problemOf('timezone')}>
            <input
              list={zoneList}
              value={draft.timezone}
              onChange={(event) => onChange({ timezone: event.target.value })}
              autoComplete="off"
              spellCheck={false}
            />
          </Field>
          <datalist id={zoneList}>
            {zones.map((zone) => (
              <option key={zone} value={zone} />
            ))}
          </datalist>
        </>
      ) : (
        <Field label={form.at} hint={form.atHint(ownZone())} problem={problemOf('at')} isWide>
          <input type="datetime-local" value={draft.at} onChange={(event) => onChange({ at: event.target.value })} />
        </Field>
      )}
    </>
  )
}
