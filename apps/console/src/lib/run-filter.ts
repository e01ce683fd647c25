import { RUN_STATUSES, type RunState, type RunStatus } from '@monofil/protocol'

/** What the runs list shows, as its URL says. */
export interface RunFilter {
  readonly status: readonly RunStatus[]
  readonly workflow: string
  readonly q: string
  readonly tag: string
  readonly owner: string
  readonly key: string
  /** Made at or after, and at or before: ISO 8601; empty for no bound. */
  readonly since: string
  readonly until: string
}

/** Every run. */
export const EVERY_RUN: RunFilter = {
  status: [],
  workflow: '',
  q: '',
  tag: '',
  owner: '',
  key: '',
  since: '',
  until: '',
}

/** Fields that are looked for as they are. */
const EXACT = ['workflow', 'tag', 'owner', 'key'] as const

function isRunStatus(value: string): value is RunStatus {
  return (RUN_STATUSES as readonly string[]).includes(value)
}

/** A time as the hub writes it; empty for none, and for what is none. */
function readTime(text: string | null): string {
  const time = Date.parse(text ?? '')
  return Number.isNaN(time) ? '' : new Date(time).toISOString()
}

/** Reads a filter from a URL; what is not a status is left out, so that an old link still opens. */
export function readFilter(params: URLSearchParams): RunFilter {
  return {
    status: (params.get('status') ?? '').split(',').filter(isRunStatus),
    workflow: params.get('workflow') ?? '',
    q: params.get('q') ?? '',
    tag: params.get('tag') ?? '',
    owner: params.get('owner') ?? '',
    key: params.get('key') ?? '',
    since: readTime(params.get('since')),
    until: readTime(params.get('until')),
  }
}

/** Writes a filter into a copy of the URL's parameters; an empty field leaves no trace. */
export function writeFilter(params: URLSearchParams, filter: RunFilter): URLSearchParams {
  const next = new URLSearchParams(params)
  const fields = { ...filter, status: filter.status.join(',') }
  for (const [name, value] of Object.entries(fields)) {
    if (value === '') next.delete(name)
    else next.set(name, value)
  }
  return next
}

/** Whether a filter lets every run through. */
export function isEmptyFilter(filter: RunFilter): boolean {
  const { status, q, since, until } = filter
  return (
    status.length === 0 && q.trim() === '' && since === '' && until === '' && EXACT.every((name) => filter[name] === '')
  )
}

/** The filter as the hub applies it: text is looked for in id, workflow, key and tags, whatever the case. */
export function matchesFilter(run: RunState, filter: RunFilter): boolean {
  if (filter.status.length > 0 && !filter.status.includes(run.status)) return false
  const { workflow, tag, owner, key, since, until } = filter
  if (workflow !== '' && run.workflow !== workflow) return false
  if (tag !== '' && !run.tags.includes(tag)) return false
  if ((owner !== '' && run.owner !== owner) || (key !== '' && run.key !== key)) return false
  if ((since !== '' && run.createdAt < since) || (until !== '' && run.createdAt > until)) return false
  const q = filter.q.trim().toLowerCase()
  return q === '' || [run.id, run.workflow, run.key ?? '', ...run.tags].some((text) => text.toLowerCase().includes(q))
}
