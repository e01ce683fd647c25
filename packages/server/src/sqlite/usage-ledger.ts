import type { UsageDelta } from '@monofil/protocol'
import type { RunRecord } from '../runs/records.ts'
import { parseMoney } from '../runs/usage.ts'
import { number, Rows, text } from './run-sql.ts'
import type { Tx } from './tx.ts'

/** Adds what a run used to the sums of the day, which outlive it. Money is text: sums of millionths outgrow 64 bits. */
export function keepUsage(tx: Tx, { workflow, owner }: RunRecord, delta: UsageDelta): void {
  const sql = new Rows(tx.db)
  const place = [tx.nowIso.slice(0, 10), workflow, owner, delta.model ?? '', delta.currency ?? '']
  const row = sql.get(
    'SELECT tokens, micros FROM usage_days WHERE day = ? AND workflow = ? AND owner = ? AND model = ? AND currency = ?',
    ...place,
  )
  const tokens = (row === undefined ? 0 : number(row, 'tokens')) + (delta.tokens ?? 0)
  const micros = (row === undefined ? 0n : BigInt(text(row, 'micros'))) + (parseMoney(delta.cost ?? '0') ?? 0n)
  sql.run(
    `INSERT INTO usage_days (day, workflow, owner, model, currency, tokens, micros) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET tokens = excluded.tokens, micros = excluded.micros`,
    ...place,
    tokens,
    micros.toString(),
  )
}
