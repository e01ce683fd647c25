import type { LogLine } from '@monofil/protocol'
import type { NewLogLine } from '../../seams/store.ts'
import { keepLogLine } from '../run-log.ts'
import { number, Rows, text } from '../run-sql.ts'
import type { Tx } from '../tx.ts'

const LEASED_PLACE = `
  SELECT i.run, i.id AS item, r.id AS run_id, s.name AS step
  FROM leases l JOIN items i ON i.key = l.item JOIN runs r ON r.seq = i.run
  JOIN run_steps s ON s.run = i.run AND s.position = i.step
  WHERE l.fence = ?`

/** Keeps log lines of leased items and puts them into their runs' logs; lines of lost leases are dropped. */
export function workLogLines(tx: Tx, lines: readonly NewLogLine[]): void {
  const sql = new Rows(tx.db)
  for (const line of lines) {
    const place = sql.get(LEASED_PLACE, line.fence)
    if (place === undefined) continue
    const kept: LogLine = {
      level: line.level,
      message: line.message,
      ...(line.dataJson === undefined ? {} : { data: JSON.parse(line.dataJson) }),
      step: text(place, 'step'),
      item: text(place, 'item'),
      at: tx.nowIso,
    }
    keepLogLine(tx, { seq: number(place, 'run'), id: text(place, 'run_id') }, kept, true)
  }
}
