import type { TextEvent } from '@monofil/protocol'
import { topicOfRun } from '@monofil/protocol'
import type { TextPiece, TextState } from '../runs/text.ts'
import { afterPiece, MAX_TEXTS_OF_ITEM } from '../runs/text.ts'
import { bool, number, Rows, text } from './run-sql.ts'
import type { Tx } from './tx.ts'

/** About how many characters a part has: what is rewritten for a piece, and how few rows a long text is. */
const PART_CHARS = 4_096

/** Whose text a piece belongs to. */
export interface TextPlace {
  readonly run: number
  readonly runId: string
  /** The item's key. */
  readonly item: number
  readonly itemId: string
  readonly step: string
  readonly name: string
}

/** How far a text is, if it was begun. */
export function textState(sql: Rows, item: number, name: string): (TextState & { readonly key: number }) | undefined {
  const row = sql.get('SELECT key, attempt, length, done, cut FROM texts WHERE item = ? AND name = ?', item, name)
  if (row === undefined) return undefined
  return {
    key: number(row, 'key'),
    attempt: number(row, 'attempt'),
    length: number(row, 'length'),
    done: bool(row, 'done'),
    cut: bool(row, 'cut'),
  }
}

/** Keeps a piece and appends its event; false where it does not fit, or is of one name too many. */
export function writePiece(tx: Tx, place: TextPlace, piece: TextPiece, maxChars: number): boolean {
  const sql = new Rows(tx.db)
  const before = textState(sql, place.item, place.name)
  const { after, text: chars } = afterPiece(before, piece, maxChars)
  if (after === 'hole' || (before === undefined && countTexts(sql, place.item) >= MAX_TEXTS_OF_ITEM)) return false
  if (after === 'same') return true
  const { attempt, position } = piece
  const { runId, itemId: item, step, name } = place
  const marks = { ...(after.done ? { done: true } : {}), ...(after.cut ? { cut: true } : {}) }
  const event: TextEvent = { step, item, attempt, name, position, text: chars, ...marks }
  const offset = tx.append(topicOfRun(runId), 'text', JSON.stringify(event))
  const values = [attempt, after.length, Number(after.done), Number(after.cut), offset, tx.now]
  let key = before?.key
  if (key === undefined) {
    key = sql.insert(INSERT, place.run, place.item, name, ...values)
  } else {
    sql.run(UPDATE, ...values, key)
    if (position < (before?.length ?? 0)) cutParts(sql, key, position)
  }
  if (chars !== '') addPart(sql, { run: place.run, key }, position, chars)
  sql.run(COUNT, place.run)
  return true
}

/** The characters of a text. */
export function charsOf(sql: Rows, key: number): string {
  const rows = sql.all('SELECT chars FROM text_parts WHERE text = ? ORDER BY position', key)
  return rows.map((row) => text(row, 'chars')).join('')
}

const INSERT = `INSERT INTO texts (run, item, name, attempt, length, done, cut, offset, updated_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`
const UPDATE = 'UPDATE texts SET attempt = ?, length = ?, done = ?, cut = ?, offset = ?, updated_at = ? WHERE key = ?'
// Counted as they come, as log lines are: what a run holds too much of is looked for once a minute.
const COUNT = 'INSERT INTO run_texts (run, events) VALUES (?, 1) ON CONFLICT (run) DO UPDATE SET events = events + 1'

/** How many texts an item has. */
export function countTexts(sql: Rows, item: number): number {
  return number(sql.get('SELECT count(*) AS n FROM texts WHERE item = ?', item) ?? {}, 'n')
}

function lastPart(
  sql: Rows,
  key: number,
): { readonly key: number; readonly position: number; readonly chars: string } | undefined {
  const row = sql.get('SELECT key, position, chars FROM text_parts WHERE text = ? ORDER BY position DESC LIMIT 1', key)
  return row && { key: number(row, 'key'), position: number(row, 'position'), chars: text(row, 'chars') }
}

function cutParts(sql: Rows, key: number, position: number): void {
  sql.run('DELETE FROM text_parts WHERE text = ? AND position >= ?', key, position)
  const last = lastPart(sql, key)
  if (last === undefined || last.position + last.chars.length <= position) return
  sql.run('UPDATE text_parts SET chars = ? WHERE key = ?', last.chars.slice(0, position - last.position), last.key)
}

function addPart(sql: Rows, of: { readonly run: number; readonly key: number }, position: number, chars: string): void {
  const last = lastPart(sql, of.key)
  if (last !== undefined && last.chars.length < PART_CHARS) {
    sql.run('UPDATE text_parts SET chars = ? WHERE key = ?', last.chars + chars, last.key)
    return
  }
  sql.run('INSERT INTO text_parts (run, text, position, chars) VALUES (?, ?, ?, ?)', of.run, of.key, position, chars)
}
