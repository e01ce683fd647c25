import { MonofilError } from '@monofil/protocol'

type Kind = 'r' | 'i' | 'l' | 's' | 'v' | 'n' | 't' | 'b'

/** Writes a place in a list, such as `i12.0.7`: what the next page begins after. Opaque to callers. */
export function formatPlace(kind: Kind, place: readonly number[]): string {
  return `${kind}${place.join('.')}`
}

/** Reads one. @throws `invalid_request` when it is not a cursor of this list. */
export function parsePlace(kind: Kind, cursor: string, length: number): readonly number[] {
  const parts = cursor.slice(1).split('.')
  const good = parts.length === length && parts.every((part) => /^\d{1,15}$/.test(part))
  if (cursor[0] === kind && good) return parts.map(Number)
  throw new MonofilError('invalid_request', 'the cursor is not one of this list: use its nextCursor as it was given', {
    field: 'cursor',
  })
}
