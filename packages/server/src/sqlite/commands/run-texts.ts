import type { DatabaseSync } from 'node:sqlite'
import type { ItemText, TextInfo } from '@monofil/protocol'
import type { TextQuery } from '../../seams/store.ts'
import type { SqlRow } from '../run-sql.ts'
import { bool, number, numberOrNull, Rows, text } from '../run-sql.ts'
import { charsOf } from '../text-book.ts'
import type { ReadContext } from '../tx.ts'

// By run and step, which the index of items needs; a run has few steps.
const TEXTS = `
  SELECT t.*, i.id AS item_id, i.finished_at, s.name AS step_name
  FROM runs r JOIN run_steps s ON s.run = r.seq
  JOIN items i ON i.run = s.run AND i.step = s.position AND i.id = ?2
  JOIN texts t ON t.item = i.key
  WHERE r.id = ?1 AND (?3 IS NULL OR s.name = ?3) AND (?4 IS NULL OR t.name = ?4)
  ORDER BY s.position, t.key`

/** The texts of an item, without their characters, in the order they were begun. */
export function runsTexts(
  db: DatabaseSync,
  { runId, item, step }: Omit<TextQuery, 'name'>,
  { epoch }: ReadContext,
): readonly TextInfo[] {
  return new Rows(db).all(TEXTS, runId, item, step ?? null, null).map((row) => infoOf(row, epoch))
}

/** One text of an item; undefined where none of that name was begun. */
export function runsText(
  db: DatabaseSync,
  { runId, item, step, name }: TextQuery,
  { epoch }: ReadContext,
): ItemText | undefined {
  const sql = new Rows(db)
  const row = sql.get(TEXTS, runId, item, step ?? null, name)
  return row === undefined ? undefined : { ...infoOf(row, epoch), text: charsOf(sql, number(row, 'key')) }
}

function infoOf(row: SqlRow, epoch: string): TextInfo {
  return {
    step: text(row, 'step_name'),
    item: text(row, 'item_id'),
    name: text(row, 'name'),
    attempt: number(row, 'attempt'),
    length: number(row, 'length'),
    // Who says an item's texts may be gone before he could say that he is done.
    done: bool(row, 'done') || numberOrNull(row, 'finished_at') !== null,
    cut: bool(row, 'cut'),
    updatedAt: new Date(number(row, 'updated_at')).toISOString(),
    epoch,
    offset: number(row, 'offset'),
  }
}
