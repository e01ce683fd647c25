import { type Finding, MonofilError } from '@monofil/protocol'
import type { z } from 'zod'

/** What of zod compiles a JSON Schema; given, since the store's thread loads it only when it must. */
export type Zod = Pick<typeof z, 'fromJSONSchema'>

/** A workflow's schema, ready to check by; undefined for one that says more than can be compiled. */
export function compileInput(schemaJson: string, { fromJSONSchema }: Zod): z.ZodType | undefined {
  try {
    return fromJSONSchema(JSON.parse(schemaJson))
  } catch {
    return undefined
  }
}

/** @throws `invalid_input` with what is wrong and where. */
export function checkInput(schema: z.ZodType, input: unknown): void {
  const result = safely(() => schema.safeParse(input))
  if (result.success) return
  const findings = findingsOf(result.error)
  const first = findings[0]
  const where = first === undefined || first.field === '' ? 'The input' : first.field
  const words = `${where}: ${first?.message ?? 'not as the workflow wants it'}`
  throw new MonofilError('invalid_input', words, { field: 'input', findings })
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
