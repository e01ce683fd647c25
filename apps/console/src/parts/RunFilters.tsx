import { RUN_STATUSES, type RunState, type RunStatus } from '@monofil/protocol'
import { useMonofil } from '@monofil/react'
import { SlidersHorizontal, X } from 'lucide-react'
import { useState } from 'react'
import { useTexts } from '../lib/context.ts'
import { EVERY_RUN, isEmptyFilter, type RunFilter } from '../lib/run-filter.ts'
import { type FilterOption, FilterSelect } from './FilterSelect.tsx'
import { MoreRunFilters } from './MoreRunFilters.tsx'
import { SearchField } from './SearchField.tsx'
import { StatusBadge } from './StatusBadge.tsx'
import './RunFilters.css'

interface RunFiltersProps {
  readonly filter: RunFilter
  /** Runs at hand: their workflows can be chosen. */
  readonly runs: readonly RunState[]
  readonly onChange: (filter: RunFilter) => void
}

/** Search, status and workflow, and below them what is asked for less often. */
export function RunFilters({ filter, runs, onChange }: RunFiltersProps) {
  const { t } = useTexts()
  const { names, load } = useWorkflowNames(runs, filter.workflow)
  const status = filter.status.join(',')
  const options = useStatusOptions(filter.status)
  const { tag, owner, key, since, until } = filter
  const hasMore = [tag, owner, key, since, until].some((value) => value !== '')
  const [isOpen, open] = useState(hasMore)
  return (
    <search className="run-filters">
      <SearchField label={t.runs.search} value={filter.q} onChange={(q) => onChange({ ...filter, q })} />
      <FilterSelect
        label={t.runs.filterStatus}
        every={t.runs.allStatuses}
        value={status}
        options={options}
        onChange={(value) =>
          onChange({ ...filter, status: RUN_STATUSES.filter((known) => value.split(',').includes(known)) })
        }
      />
      <FilterSelect
        label={t.runs.filterWorkflow}
        every={t.runs.allWorkflows}
        value={filter.workflow}
        options={names.map((name) => ({ value: name, name }))}
        onChange={(workflow) => onChange({ ...filter, workflow })}
        onOpen={load}
      />
      <button
        type="button"
        className="button icon-only"
        aria-expanded={isOpen || hasMore}
        aria-label={t.runs.more.label}
        title={t.runs.more.label}
        onClick={() => open(!isOpen)}
      >
        <SlidersHorizontal className="icon" aria-hidden />
      </button>
      {!isEmptyFilter(filter) && (
        <button
          type="button"
          className="button icon-only"
          onClick={() => onChange(EVERY_RUN)}
          aria-label={t.runs.clear}
          title={t.runs.clear}
        >
          <X className="icon" aria-hidden />
        </button>
      )}
      {(isOpen || hasMore) && <MoreRunFilters filter={filter} onChange={onChange} />}
    </search>
  )
}

/** Single states, two groups that are often wanted, and the combination a link asked for if it is another one. */
function useStatusOptions(chosen: readonly RunStatus[]): readonly FilterOption[] {
  const { t } = useTexts()
  const singles = RUN_STATUSES.map((value) => ({
    value,
    name: t.status[value],
    content: <StatusBadge status={value} plain />,
  }))
  const groups = [
    { value: 'queued,running,paused', name: t.runs.groups.active },
    { value: 'partial,failed', name: t.runs.groups.troubled },
  ]
  const value = chosen.join(',')
  const known = [...groups, ...singles].some((option) => option.value === value)
  const asked = { value, name: chosen.map((status) => t.status[status]).join(', ') }
  return [...groups, ...singles, ...(known || value === '' ? [] : [asked])]
}

/** Workflows of the runs at hand, and from the first opening of the list on those that the hub knows too. */
function useWorkflowNames(runs: readonly RunState[], chosen: string): { names: readonly string[]; load(): void } {
  const { client } = useMonofil()
  const [known, setKnown] = useState<readonly string[] | null>(null)
  const load = () => {
    if (known !== null) return
    client.api.workflows().then(
      (page) => setKnown(page.items.map(({ name }) => name)),
      // The names at hand are still a list to choose from; the next opening asks again.
      () => setKnown(null),
    )
  }
  const names = new Set([...runs.map(({ workflow }) => workflow), ...(known ?? []), ...(chosen === '' ? [] : [chosen])])
  return { names: [...names].sort(), load }
}
