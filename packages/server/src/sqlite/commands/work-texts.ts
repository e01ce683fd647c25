import type { NewText } from '../../seams/store.ts'
import { number, Rows, text } from '../run-sql.ts'
import { writePiece } from '../text-book.ts'
import type { Tx } from '../tx.ts'

const LEASED_ITEM = `
  SELECT i.run, i.key, i.id AS item, i.attempts, r.id AS run_id, s.name AS step
  FROM leases l JOIN items i ON i.key = l.item JOIN runs r ON r.seq = i.run
  JOIN run_steps s ON s.run = i.run AND s.position = i.step
  WHERE l.fence = ?`

/** Keeps pieces of leased items' texts, in order; false for one whose lease is gone or that does not fit. */
export function workTexts(
  tx: Tx,
  args: { readonly pieces: readonly NewText[]; readonly maxChars: number },
): readonly boolean[] {
  const sql = new Rows(tx.db)
  return args.pieces.map(({ fence, name, position, text: chars, done }) => {
    const row = sql.get(LEASED_ITEM, fence)
    if (row === undefined) return false
    const place = {
      run: number(row, 'run'),
      runId: text(row, 'run_id'),
      item: number(row, 'key'),
      itemId: text(row, 'item'),
      step: text(row, 'step'),
      name,
    }
    return writePiece(tx, place, { attempt: number(row, 'attempts'), position, text: chars, done }, args.maxChars)
  })
}
