import type { NewSchedule } from '@monofil/client'
import { ownZone } from './schedule-times.ts'

/** A schedule as the form has it: texts, until they can be read. */
export interface Draft {
  readonly workflow: string
  readonly kind: 'cron' | 'at'
  readonly cron: string
  readonly timezone: string
  /** As an input of type `datetime-local` has it: in the browser's zone. */
  readonly at: string
  readonly input: string
  readonly id: string
  readonly overlap: 'skip' | 'allow'
  readonly missed: 'one' | 'none'
}

/** Fields of the form that a refusal can be about. */
export type DraftField = 'workflow' | 'cron' | 'timezone' | 'at' | 'input' | 'id'

export function emptyDraft(): Draft {
  return {
    workflow: '',
    kind: 'cron',
    cron: '0 9 * * *',
    timezone: ownZone(),
    at: '',
    input: '{}',
    id: '',
    overlap: 'skip',
    missed: 'one',
  }
}

/** What is asked of the hub; null while something is missing, `input` where it is not JSON. */
export function requestOf(draft: Draft): NewSchedule | null | 'input' {
  const { workflow, kind, cron, timezone, at, id, overlap, missed } = draft
  if (workflow === '') return null
  let input: unknown
  try {
    input = draft.input.trim() === '' ? null : JSON.parse(draft.input)
  } catch {
    return 'input'
  }
  const rest = { workflow, input, overlap, missed, ...(id === '' ? {} : { id }) }
  if (kind === 'cron') return cron.trim() === '' ? null : { ...rest, cron: cron.trim(), timezone }
  const ms = Date.parse(at)
  return Number.isNaN(ms) ? null : { ...rest, at: new Date(ms).toISOString() }
}

const FIELDS: readonly DraftField[] = ['workflow', 'cron', 'timezone', 'at', 'input', 'id']

/** The field that a refusal names, if the form has it. */
export function fieldOf(error: Error): DraftField | null {
  const details = 'details' in error ? (error.details as { readonly field?: unknown }) : {}
  return FIELDS.find((field) => field === details.field) ?? null
}
