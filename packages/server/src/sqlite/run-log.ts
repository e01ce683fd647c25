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
  new Rows(tx.db).run(
    'INSERT INTO run_logs (run, level, message, data, step, item, at) VALUES (?, ?, ?, ?, ?, ?, ?)',
    run.seq,
    line.level,
    line.message,
    line.data === undefined ? null : JSON.stringify(line.data),
    line.step,
    line.item,
    line.at,
  )
  if (live) tx.append(topicOfRun(run.id), 'log', JSON.stringify(line))
}
