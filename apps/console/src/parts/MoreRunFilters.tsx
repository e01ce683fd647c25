import { useTexts } from '../lib/context.ts'
import type { RunFilter } from '../lib/run-filter.ts'

interface MoreRunFiltersProps {
  readonly filter: RunFilter
  readonly onChange: (filter: RunFilter) => void
}

/** Tag, owner and key, as they are, and when a run was made. */
export function MoreRunFilters({ filter, onChange }: MoreRunFiltersProps) {
  const { more } = useTexts().t.runs
  return (
    <div className="run-filters-more">
      {(['tag', 'owner', 'key'] as const).map((name) => (
        <label key={name}>
          <span>{more[name]}</span>
          <input
            className="field"
            value={filter[name]}
            spellCheck={false}
            autoComplete="off"
            onChange={({ target }) => onChange({ ...filter, [name]: target.value })}
          />
        </label>
      ))}
      {(['since', 'until'] as const).map((name) => (
        <label key={name}>
          <span>{more[name]}</span>
          <input
            className="field"
            type="datetime-local"
            value={localOf(filter[name])}
            onChange={({ target }) => onChange({ ...filter, [name]: isoOf(target.value, name) })}
          />
        </label>
      ))}
    </div>
  )
}

/** As the browser's field wants it: the reader's own time, to the minute. */
function localOf(iso: string): string {
  if (iso === '') return ''
  const time = new Date(iso)
  return new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}

/** "Until 10:30" means with that minute. */
function isoOf(local: string, name: 'since' | 'until'): string {
  const time = Date.parse(local)
  return Number.isNaN(time) ? '' : new Date(time + (name === 'until' ? 59_999 : 0)).toISOString()
}
