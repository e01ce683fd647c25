import { isTerminal, MonofilError, type UsageDelta } from '@monofil/protocol'
import { type Spender, spend } from '../../runs/usage.ts'
import type { NewUsage } from '../../seams/store.ts'
import { RunBook } from '../run-book.ts'
import { keepLogLine } from '../run-log.ts'
import { itemOfRow } from '../run-rows.ts'
import { number } from '../run-sql.ts'
import type { Tx } from '../tx.ts'
import { keepUsage } from '../usage-ledger.ts'

/** Counts what attempts used: once each, whatever became of the attempt, since it is spent. */
export function workUsage(tx: Tx, entries: readonly NewUsage[]): void {
  const book = new RunBook(tx)
  for (const entry of entries) take(book, entry)
  book.close()
}

type Held = { readonly [K in keyof Spender]: NonNullable<Spender[K]> }

function take(book: RunBook, entry: NewUsage): void {
  const { sql } = book
  const run = book.find(entry.runId)
  const step = run?.steps.find(({ plan }) => plan.name === entry.step)
  if (run === undefined || step === undefined) return
  const row = sql.get('SELECT * FROM items WHERE run = ? AND step = ? AND id = ?', run.seq, step.position, entry.itemId)
  if (row === undefined) return
  const mark = sql.get('SELECT seq FROM usage_marks WHERE fence = ?', entry.fence)
  if (mark !== undefined && number(mark, 'seq') >= entry.seq) return
  sql.run(
    'INSERT INTO usage_marks (fence, run, seq) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET seq = excluded.seq',
    entry.fence,
    run.seq,
    entry.seq,
  )
  count(book, { run, step, item: itemOfRow(row) }, entry.usage)
}

function count(book: RunBook, held: Held, { model, ...usage }: UsageDelta): void {
  const { run, step, item } = held
  const isOver = isTerminal(run.status)
  // The round's end is the last event of its topic: what comes after it counts for the step and the run.
  const spender = isOver ? { run, step, item: null } : held
  try {
    spend(spender, usage, 'usage')
  } catch (error) {
    if (!MonofilError.is(error) || error.code !== 'currency_mismatch') throw error
    // It is spent all the same: the day's sums keep currencies apart, the run's cannot.
    const { cost: _cost, currency: _currency, ...tokens } = usage
    spend(spender, tokens, 'usage')
    const message = `${error.message}; ${usage.cost} ${usage.currency} count in the day's usage only`
    const line = { level: 'warn', message, step: step.plan.name, item: item.id, at: book.tx.nowIso } as const
    keepLogLine(book.tx, run, line, !isOver)
  }
  const { currency } = run.usage
  const named = usage.currency === undefined && currency !== null ? { currency } : {}
  keepUsage(book.tx, run, { ...usage, ...named, ...(model === undefined ? {} : { model }) })
  if (!isOver) book.saveItem(run, step, item)
}
