import { type Finding, MonofilError } from '@monofil/protocol'
import type { z } from 'zod'

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

/** What a schema found, at most 20 of it, with paths as users write them. */
export function findingsOf(error: z.ZodError): readonly Finding[] {
  return error.issues.slice(0, 20).map((issue) => {
    const path = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : issue.path
    return { field: pathText(path).slice(0, 256), message: issue.message.slice(0, 500) }
  })
}

/** `events`, 3, `type` as `events[3].type`. */
function pathText(path: readonly PropertyKey[]): string {
  let text = ''
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`
    else text += text === '' ? String(part) : `.${String(part)}`
  }
  return text
}

/** Runs what recurses over a user's JSON: nested deeper than the stack, it is a bad request and no failure of ours. */
export function safely<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof RangeError) throw new MonofilError('invalid_request', 'The body is nested too deeply.')
    throw error
  }
}
