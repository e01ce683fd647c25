import { useConsole, usePreference } from '../lib/context.ts'
import { useNoticeTexts } from '../lib/notice-texts.ts'
import { refusedPath } from '../lib/preferences-draft.ts'
import { useSession } from '../lib/session.ts'
import { THEMES } from '../lib/theme.ts'
import { type PreferencesForm, usePreferences } from '../lib/use-preferences.ts'
import { ErrorPanel } from '../parts/ErrorPanel.tsx'
import { Field } from '../parts/Field.tsx'
import { MuteFields } from '../parts/MuteFields.tsx'
import { PushSetting } from '../parts/PushSetting.tsx'
import { DigestFields, LanguageField, QuietFields } from '../parts/QuietFields.tsx'
import { SettingCard } from '../parts/SettingCard.tsx'
import { Skeleton } from '../parts/Skeleton.tsx'
import { LANGUAGES } from '../text/languages.ts'
import './SettingsPage.css'

/** What the reader wants to hear of and when, and how this browser is set. */
export function SettingsPage() {
  const { settings: n } = useNoticeTexts()
  const session = useSession()
  const form = usePreferences()
  return (
    <>
      <title>{`${n.title} · Monofil`}</title>
      <div className="page-head">
        <h1>{n.title}</h1>
        {session !== null && <p className="muted">{n.body(session.user)}</p>}
      </div>
      {form.unread !== null && <ErrorPanel error={form.unread} onRetry={form.read} />}
      {form.draft === null ? form.unread === null && <Loading /> : <Form form={form} />}
      <div className="settings-form settings-local">
        <PushSetting user={session?.user ?? null} />
        <ConsoleSettings />
      </div>
    </>
  )
}

function Loading() {
  return (
    <div className="settings-form" aria-busy="true">
      {['language', 'mute', 'quiet', 'digest'].map((key) => (
        <div key={key} className="card loading-rows">
          <Skeleton width="30%" height="20px" />
          <Skeleton width="100%" height="32px" />
        </div>
      ))}
    </div>
  )
}

function Form({ form }: { readonly form: PreferencesForm }) {
  const { settings: n } = useNoticeTexts()
  const { draft, change, refused, state, isChanged, save, revert } = form
  if (draft === null) return null
  const path = refusedPath(refused)
  const problemOf = (field: string) =>
    path === field || path?.startsWith(`${field}.`) ? (refused?.message ?? '') : null
  return (
    <form
      className="settings-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        save()
      }}
    >
      <LanguageField draft={draft} onChange={change} problemOf={problemOf} />
      <MuteFields mutes={draft.mutes} onChange={(mutes) => change({ mutes })} problemOf={problemOf} />
      <QuietFields draft={draft} onChange={change} problemOf={problemOf} />
      <DigestFields draft={draft} onChange={change} problemOf={problemOf} />
      {refused !== null && <ErrorPanel error={refused} title={n.refused} onRetry={save} />}
      <div className="settings-save card" data-open={isChanged || undefined}>
        <button type="submit" className="button is-primary" disabled={!isChanged || state === 'saving'}>
          {state === 'saving' ? n.saving : n.save}
        </button>
        <button type="button" className="button" disabled={!isChanged || state === 'saving'} onClick={revert}>
          {n.revert}
        </button>
        <span role="status" className="muted">
          {state === 'saved' && !isChanged ? n.saved : isChanged && state === 'idle' ? n.changed : ''}
        </span>
      </div>
    </form>
  )
}

/** The same as in the header, where phones have no room for them. */
function ConsoleSettings() {
  const { t, theme, language } = useConsole()
  const { settings: n } = useNoticeTexts()
  const [chosenTheme, setTheme] = usePreference(theme)
  const [chosenLanguage, setLanguage] = usePreference(language)
  const choose = (set: (value: string | null) => void, value: string) => set(value === '' ? null : value)
  return (
    <SettingCard title={n.console} body={n.consoleBody}>
      <div className="settings-grid">
        <Field label={t.theme.label}>
          <select value={chosenTheme ?? ''} onChange={(event) => choose(setTheme, event.target.value)}>
            <option value="">{t.theme.system}</option>
            {THEMES.map((value) => (
              <option key={value} value={value}>
                {t.theme[value]}
              </option>
            ))}
          </select>
        </Field>
        <Field label={t.language.label}>
          <select value={chosenLanguage ?? ''} onChange={(event) => choose(setLanguage, event.target.value)}>
            <option value="">{t.language.system}</option>
            {Object.entries(LANGUAGES).map(([value, name]) => (
              <option key={value} value={value}>
                {name}
              </option>
            ))}
          </select>
        </Field>
      </div>
    </SettingCard>
  )
}
