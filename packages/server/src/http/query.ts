import { MonofilError } from '@monofil/protocol'

/** The page a list call asks for: `limit` 1 to 200 (50), `cursor` as the last answer gave it. */
export function pageOf(query: URLSearchParams): { readonly limit: number; readonly cursor: string | undefined } {
  const text = query.get('limit')
  const limit = text === null ? 50 : Number(text)
  if (!/^\d{1,3}$/.test(text ?? '50') || limit < 1 || limit > 200) {
    throw new MonofilError('invalid_request', 'limit is a whole number from 1 to 200.', { field: 'limit' })
  }
  return { limit, cursor: textOf(query, 'cursor', 1_024) }
}

/** A whole number within bounds; `left` when it is not given. */
export function wholeOf(
  query: URLSearchParams,
  name: string,
  { min, max, left }: { readonly min: number; readonly max: number; readonly left: number },
): number {
  const text = textOf(query, name)
  const value = text === undefined ? left : Number(text)
  if (!/^\d{1,9}$/.test(text ?? '0') || value < min || value > max) {
    throw new MonofilError('invalid_request', `${name} is a whole number from ${min} to ${max}.`, { field: name })
  }
  return value
}

/** One text parameter, of bounded length; empty counts as absent. */
export function textOf(query: URLSearchParams, name: string, maxLength = 256): string | undefined {
  const value = query.get(name)
  if (value === null || value === '') return undefined
  if (value.length > maxLength || value.includes('\0')) {
    throw new MonofilError('invalid_request', `${name} is at most ${maxLength} characters.`, { field: name })
  }
  return value
}

/** Values of a closed set, repeated or separated by commas. */
export function wordsOf<T extends string>(
  query: URLSearchParams,
  name: string,
  allowed: readonly T[],
): readonly T[] | undefined {
  const words = query
    .getAll(name)
    .flatMap((value) => value.split(','))
    .filter((word) => word !== '')
  if (words.length === 0) return undefined
  return words.map((word) => {
    const known = allowed.find((one) => one === word)
    if (known === undefined) {
      throw new MonofilError('invalid_request', `${name} is one of ${allowed.join(', ')}.`, { field: name })
    }
    return known
  })
}

/** One value of a closed set. */
export function wordOf<T extends string>(query: URLSearchParams, name: string, allowed: readonly T[]): T | undefined {
  const words = wordsOf(query, name, allowed)
  if (words === undefined || words.length === 1) return words?.[0]
  throw new MonofilError('invalid_request', `${name} is one of ${allowed.join(', ')}, given once.`, { field: name })
}

/** A time as ISO 8601, answered in the form that is stored. */
export function timeOf(query: URLSearchParams, name: string): string | undefined {
  const text = textOf(query, name, 64)
  if (text === undefined) return undefined
  const ms = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(ms)) throw new MonofilError('invalid_request', `${name} is a time as in ISO 8601.`, { field: name })
  return new Date(ms).toISOString()
}

/** `true` or `false`; absent is false. */
export function flagOf(query: URLSearchParams, name: string): boolean {
  const text = textOf(query, name)
  if (text === undefined || text === 'false') return false
  if (text === 'true') return true
  throw new MonofilError('invalid_request', `${name} is true or false.`, { field: name })
}
