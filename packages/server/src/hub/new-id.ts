import type { Random } from '../seams/system.ts'

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789'

/** `count` characters of a-z0-9. */
function randomLetters(count: number, random: Random): string {
  let text = ''
  for (let i = 0; i < count; i += 1) text += LETTERS[Math.floor(random() * LETTERS.length)]
  return text
}

/** An id of 16 characters for a connection or a marker. */
export function newConnectionId(prefix: string, random: Random): string {
  return prefix + randomLetters(15, random)
}

/** An id of 22 characters for a run: ids made later sort after, to the millisecond. */
export function newRunId(nowMs: number, random: Random): string {
  return nowMs.toString(36).padStart(9, '0') + randomLetters(13, random)
}
