import type { LogLine } from '@monofil/protocol'
import { topicOfRun } from '@monofil/protocol'
import { Rows } from './run-sql.ts'
import type { Tx } from './tx.ts'

/** Keeps a line of a run's log; `live` puts it into the log topic too, which ends with the round's end. */
export function keepLogLine(
  tx: Tx,
  run: { readonly seq: number; readonly id: string },
  line: LogLine,
  live: boolean,
): void {
  const sql = new Rows(tx.db)
  const offset = live ? tx.append(topicOfRun(run.id), 'log', JSON.stringify(line)) : null
  sql.run(
    'INSERT INTO run_logs (run, level, message, data, step, item, at, offset) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    run.seq,
    line.level,
    line.message,
    line.data === undefined ? null : JSON.stringify(line.data),
    line.step,
    line.item,
    line.at,
    offset,
  )
  // Counted as they come: to count 100,000 lines takes longer than to write one.
  sql.run(
    'INSERT INTO run_log_sizes (run, held, cut) VALUES (?, 1, 0) ON CONFLICT (run) DO UPDATE SET held = held + 1',
    run.seq,
  )
}
