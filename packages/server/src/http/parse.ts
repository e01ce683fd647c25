import { MonofilError } from '@monofil/protocol'
import type { z } from 'zod'
import { findingsOf, safely } from '../runs/input.ts'

export { findingsOf, safely }

/**
 * Parses a body by its schema.
 * @throws `invalid_request` with the path of the first thing that is wrong (`events[3].type`) and all findings.
 */
export function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = safely(() => schema.safeParse(value))
  if (result.success) return result.data
  const findings = findingsOf(result.error)
  const first = findings[0] ?? { field: '', message: 'not well formed' }
  const where = first.field === '' ? 'The body' : first.field
  throw new MonofilError('invalid_request', `${where}: ${first.message}`, { field: first.field, findings })
}
