import { MonofilError } from '@monofil/protocol'

/** As deep as anything of ours goes; what is deeper is left out. */
const DEPTH = 12

/** A copy as JSON can hold it, without functions, causes of errors, tokens and query strings. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value)
  if (typeof value === 'number') return Number.isFinite(value) ? value : { $: String(value) }
  if (typeof value !== 'object' || value === null) return typeof value === 'boolean' ? value : null
  if (value instanceof Error) return errorOf(value)
  if (depth > DEPTH) return null
  if (Array.isArray(value)) return value.map((one) => redact(one, depth + 1))
  const entries = Object.entries(value).filter(([, one]) => one !== undefined && typeof one !== 'function')
  return Object.fromEntries(entries.map(([name, one]) => [name, redact(one, depth + 1)]))
}

/** Numbers that JSON does not know, back again. */
export function revive(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(revive)
  if ('$' in value && Object.keys(value).length === 1) return Number(value.$)
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, revive(one)]))
}

/** The text without bearer tokens, JWTs, and the query, fragment and password of urls. */
export function redactText(text: string): string {
  return text
    .replace(/\b(bearer|basic)\s+[^\s"',;]+/gi, '$1 [redacted]')
    .replace(/\beyJ[\w-]+\.[\w-]+\.?[\w-]*/g, '[token]')
    .replace(/\b([a-z][\w+.-]*:\/\/)[^\s/@"']*@/gi, '$1')
    .replace(/\b([a-z][\w+.-]*:\/\/[^\s?#"']*)[?#][^\s"']*/gi, '$1?[redacted]')
    .replace(/([\w)/])\?[\w.~%+-]+=[^\s"']*/g, '$1?[redacted]')
}

function errorOf(error: Error): Record<string, unknown> {
  // A cause may hold anything, as the answer of a login; its name is enough to know where to look.
  const cause = error.cause instanceof Error ? { cause: error.cause.name } : {}
  const { code, details } = MonofilError.is(error) ? error : { code: error.name, details: {} }
  return { code, message: redactText(error.message), details: redact(details), ...cause }
}
