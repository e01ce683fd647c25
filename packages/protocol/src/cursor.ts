/** A place in a topic's log: everything up to and including `offset` of this `epoch` has been seen. */
export interface Cursor {
  readonly epoch: string
  readonly offset: number
}

const CURSOR = /^([a-z0-9]{8,16}):(0|[1-9]\d{0,15})$/

/** Written `epoch:offset`. */
export function formatCursor(cursor: Cursor): string {
  return `${cursor.epoch}:${cursor.offset}`
}

/**
 * Reads `epoch:offset`, or `0` for "from the first event" (answered as `'start'`).
 * Undefined for anything else: an offset over 2^53-1 too, since JSON numbers end there.
 */
export function parseCursor(text: unknown): Cursor | 'start' | undefined {
  if (text === '0') return 'start'
  if (typeof text !== 'string') return undefined
  const match = CURSOR.exec(text)
  if (match === null) return undefined
  const offset = Number(match[2])
  return Number.isSafeInteger(offset) ? { epoch: match[1] as string, offset } : undefined
}
