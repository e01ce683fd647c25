import { NOTICE_CHANNELS, SEVERITIES, type Severity } from '@monofil/protocol'
import { useNotifications } from '@monofil/react/inbox'
import { Plus, Trash2 } from 'lucide-react'
import { useId, useMemo } from 'react'
import { useTexts } from '../lib/context.ts'
import { useNoticeTexts } from '../lib/notice-texts.ts'
import { emptyMute, type MuteDraft } from '../lib/preferences-draft.ts'
import { Field } from './Field.tsx'
import { SettingCard } from './SettingCard.tsx'

interface MuteFieldsProps {
  readonly mutes: readonly MuteDraft[]
  readonly onChange: (mutes: readonly MuteDraft[]) => void
  readonly problemOf: (field: string) => string | null
}

/** What the reader does not want to be told of, a line each. */
export function MuteFields({ mutes, onChange, problemOf }: MuteFieldsProps) {
  const { settings: n } = useNoticeTexts()
  const modules = useKnownModules()
  const list = useId()
  return (
    <SettingCard title={n.mute} body={n.muteBody}>
      {mutes.length === 0 && <p className="faint">{n.noMutes}</p>}
      {mutes.map((mute, place) => (
        <Line
          key={mute.key}
          mute={mute}
          place={place}
          modules={list}
          problemOf={problemOf}
          onChange={(next) => onChange(mutes.map((one) => (one.key === mute.key ? { ...one, ...next } : one)))}
          onRemove={() => onChange(mutes.filter((one) => one.key !== mute.key))}
        />
      ))}
      <datalist id={list}>
        {modules.map((module) => (
          <option key={module} value={module} />
        ))}
      </datalist>
      <div>
        <button type="button" className="button" onClick={() => onChange([...mutes, emptyMute(mutes)])}>
          <Plus className="icon" aria-hidden />
          {n.addMute}
        </button>
      </div>
    </SettingCard>
  )
}

/** Modules of what is in the inbox: nobody knows the names by heart. */
function useKnownModules(): readonly string[] {
  const { items } = useNotifications()
  return useMemo(() => [...new Set(items.flatMap(({ module }) => module ?? []))].toSorted(), [items])
}

interface LineProps {
  readonly mute: MuteDraft
  readonly place: number
  readonly modules: string
  readonly problemOf: (field: string) => string | null
  readonly onChange: (next: Partial<MuteDraft>) => void
  readonly onRemove: () => void
}

function Line({ mute, place, modules, problemOf, onChange, onRemove }: LineProps) {
  const { f } = useTexts()
  const { settings: n, severities } = useNoticeTexts()
  const line = f.number(place + 1)
  return (
    <fieldset className="mute-line" aria-label={`${n.mute} ${line}`}>
      <Field label={n.muteModule} problem={problemOf(`mute[${place}]`)}>
        <input
          list={modules}
          value={mute.module}
          placeholder={n.anyModule}
          onChange={(event) => onChange({ module: event.target.value })}
          autoComplete="off"
        />
      </Field>
      <Field label={n.muteSeverity}>
        <select value={mute.severity} onChange={(event) => onChange({ severity: event.target.value as Severity | '' })}>
          <option value="">{n.anySeverity}</option>
          {SEVERITIES.map((severity) => (
            <option key={severity} value={severity}>
              {severities[severity]}
            </option>
          ))}
        </select>
      </Field>
      <Channels mute={mute} onChange={onChange} />
      <button type="button" className="button icon-only" onClick={onRemove} aria-label={n.removeMute(line)}>
        <Trash2 className="icon" aria-hidden />
      </button>
    </fieldset>
  )
}

function Channels({ mute, onChange }: Pick<LineProps, 'mute' | 'onChange'>) {
  const { settings: n, channels } = useNoticeTexts()
  return (
    <fieldset className="check-list">
      <legend>{n.muteChannels}</legend>
      {NOTICE_CHANNELS.map((channel) => (
        <label key={channel}>
          <input
            type="checkbox"
            checked={mute.channels.includes(channel)}
            onChange={({ target }) => {
              const chosen = target.checked
                ? [...mute.channels, channel]
                : mute.channels.filter((one) => one !== channel)
              onChange({ channels: NOTICE_CHANNELS.filter((one) => chosen.includes(one)) })
            }}
          />
          {channels[channel]}
        </label>
      ))}
      {mute.channels.length === 0 && <p className="form-problem">{n.choose}</p>}
    </fieldset>
  )
}
