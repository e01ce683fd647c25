import { RUN_STATUSES, type RunState, type RunStatus } from '@monofil/protocol'

/** What the runs list shows, as its URL says. */
export interface RunFilter {
  readonly status: readonly RunStatus[]
  readonly workflow: string
  readonly q: string
}

function isRunStatus(value: string): value is RunStatus {
  return (RUN_STATUSES as readonly string[]).includes(value)
}

/** Reads a filter from a URL; what is not a status is left out, so that an old link still opens. */
export function readFilter(params: URLSearchParams): RunFilter {
  return {
    status: (params.get('status') ?? '').split(',').filter(isRunStatus),
    workflow: params.get('workflow') ?? '',
    q: params.get('q') ?? '',
  }
}

/** Writes a filter into a copy of the URL's parameters; an empty field leaves no trace. */
export function writeFilter(params: URLSearchParams, filter: RunFilter): URLSearchParams {
  const next = new URLSearchParams(params)
  const fields = { status: filter.status.join(','), workflow: filter.workflow, q: filter.q }
  for (const [name, value] of Object.entries(fields)) {
    if (value === '') next.delete(name)
    else next.set(name, value)
  }
  return next
}

/** Whether a filter lets every run through. */
export function isEmptyFilter(filter: RunFilter): boolean {
  return filter.status.length === 0 && filter.workflow === '' && filter.q.trim() === ''
}

/** The filter as the hub applies it: text is looked for in id, workflow, key and tags, whatever the case. */
export function matchesFilter(run: RunState, filter: RunFilter): boolean {
  if (filter.status.length > 0 && !filter.status.includes(run.status)) return false
  if (filter.workflow !== '' && run.workflow !== filter.workflow) return false
  const q = filter.q.trim().toLowerCase()
  return q === '' || [run.id, run.workflow, run.key ?? '', ...run.tags].some((text) => text.toLowerCase().includes(q))
}
