import { useId, useState } from 'react'
import { useTexts } from '../lib/context.ts'
import { useNoticeTexts } from '../lib/notice-texts.ts'
import { EVERY_DAY, type PreferencesDraft } from '../lib/preferences-draft.ts'
import { knownZones } from '../lib/schedule-times.ts'
import { LANGUAGES } from '../text/languages.ts'
import { Field } from './Field.tsx'
import { SettingCard } from './SettingCard.tsx'

interface DraftProps {
  readonly draft: PreferencesDraft
  readonly onChange: (next: Partial<PreferencesDraft>) => void
  readonly problemOf: (field: string) => string | null
}

/** In which language texts are wanted that come in several; any tag can be written. */
export function LanguageField({ draft, onChange, problemOf }: DraftProps) {
  const { settings: n } = useNoticeTexts()
  const list = useId()
  return (
    <SettingCard title={n.language} body={n.languageBody}>
      <div className="settings-grid">
        <Field label={n.languageTag} hint={n.languageHint} problem={problemOf('language')}>
          <input
            list={list}
            value={draft.language}
            placeholder={n.asSent}
            onChange={(event) => onChange({ language: event.target.value })}
            autoComplete="off"
            spellCheck={false}
          />
        </Field>
      </div>
      <datalist id={list}>
        {Object.entries(LANGUAGES).map(([tag, name]) => (
          <option key={tag} value={tag}>
            {name}
          </option>
        ))}
      </datalist>
    </SettingCard>
  )
}

/** From when to when nothing makes a sound, where, and on which days. */
export function QuietFields({ draft, onChange, problemOf }: DraftProps) {
  const { settings: n } = useNoticeTexts()
  const [zones] = useState(knownZones)
  const list = useId()
  const whole = ['quietHours.from', 'quietHours.to', 'quietHours.timezone', 'quietHours.days'].some(
    (field) => problemOf(field) !== null,
  )
  return (
    <SettingCard title={n.quiet} body={n.quietBody}>
      <Switch label={n.quietOn} isOn={draft.isQuiet} onChange={(isQuiet) => onChange({ isQuiet })} />
      {draft.isQuiet && (
        <div className="settings-grid">
          <Field label={n.from} problem={problemOf('quietHours.from') ?? (whole ? null : problemOf('quietHours'))}>
            <input type="time" value={draft.from} onChange={(event) => onChange({ from: event.target.value })} />
          </Field>
          <Field label={n.to} problem={problemOf('quietHours.to')}>
            <input type="time" value={draft.to} onChange={(event) => onChange({ to: event.target.value })} />
          </Field>
          <Field label={n.timezone} problem={problemOf('quietHours.timezone')}>
            <input
              list={list}
              value={draft.timezone}
              onChange={(event) => onChange({ timezone: event.target.value })}
              autoComplete="off"
              spellCheck={false}
            />
          </Field>
          <datalist id={list}>
            {zones.map((zone) => (
              <option key={zone} value={zone} />
            ))}
          </datalist>
          <Days draft={draft} onChange={onChange} problemOf={problemOf} />
        </div>
      )}
    </SettingCard>
  )
}

/** The first of January 2023 was a Sunday, which is day 0. */
const SUNDAY = Date.UTC(2023, 0, 1)
const DAY_MS = 86_400_000

function Days({ draft, onChange, problemOf }: DraftProps) {
  const { f } = useTexts()
  const { settings: n } = useNoticeTexts()
  const names = new Intl.DateTimeFormat(f.locale, { weekday: 'short', timeZone: 'UTC' })
  const problem = problemOf('quietHours.days')
  return (
    <fieldset className="check-list is-wide">
      <legend>{n.days}</legend>
      {EVERY_DAY.map((day) => (
        <label key={day}>
          <input
            type="checkbox"
            checked={draft.days.includes(day)}
            onChange={({ target }) =>
              onChange({ days: target.checked ? [...draft.days, day] : draft.days.filter((one) => one !== day) })
            }
          />
          {names.format(SUNDAY + day * DAY_MS)}
        </label>
      ))}
      {problem !== null && <p className="form-problem">{problem}</p>}
    </fieldset>
  )
}

/** After how many of one module the others are gathered. */
export function DigestFields({ draft, onChange, problemOf }: DraftProps) {
  const { settings: n } = useNoticeTexts()
  return (
    <SettingCard title={n.digest} body={n.digestBody}>
      <Switch label={n.digestOn} isOn={draft.isDigest} onChange={(isDigest) => onChange({ isDigest })} />
      {draft.isDigest && (
        <div className="settings-grid">
          <Field label={n.after} hint={n.afterHint} problem={problemOf('digest.after')}>
            <input
              inputMode="numeric"
              value={draft.after}
              onChange={(event) => onChange({ after: event.target.value })}
              autoComplete="off"
            />
          </Field>
          <Field label={n.window} hint={n.windowHint} problem={problemOf('digest.windowMs')}>
            <input
              inputMode="numeric"
              value={draft.window}
              onChange={(event) => onChange({ window: event.target.value })}
              autoComplete="off"
            />
          </Field>
        </div>
      )}
    </SettingCard>
  )
}

interface SwitchProps {
  readonly label: string
  readonly isOn: boolean
  readonly onChange: (isOn: boolean) => void
}

function Switch({ label, isOn, onChange }: SwitchProps) {
  return (
    <label className="check-line">
      <input type="checkbox" checked={isOn} onChange={(event) => onChange(event.target.checked)} />
      {label}
    </label>
  )
}
