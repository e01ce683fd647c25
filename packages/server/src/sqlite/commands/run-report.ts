import type { Report, ReportAnswer, Run } from '@monofil/protocol'
import { DEFAULT_TEXT_CHARS, isTerminal, MonofilError } from '@monofil/protocol'
import type { ItemRecord, RunRecord, StepRecord } from '../../runs/records.ts'
import type { ReportPort } from '../../runs/report-batch.ts'
import { ReportBatch } from '../../runs/report-batch.ts'
import { stopRun } from '../../runs/report-step.ts'
import { applyReport } from '../../runs/reports.ts'
import { RunBook } from '../run-book.ts'
import { RunItems } from '../run-items.ts'
import { keepLogLine } from '../run-log.ts'
import { itemOfRow, readRun } from '../run-rows.ts'
import type { Rows } from '../run-sql.ts'
import { countTexts, textState, writePiece } from '../text-book.ts'
import type { Tx } from '../tx.ts'

/** Applies reports of an external run in order, all or none. The answered view is corrected by the group's end. */
export function runsReport(
  tx: Tx,
  args: { readonly id: string; readonly reports: readonly Report[]; readonly maxTextChars?: number | undefined },
): { readonly answers: readonly ReportAnswer[]; readonly run: Run } {
  const book = new RunBook(tx)
  const run = book.find(args.id)
  if (run === undefined) throw new MonofilError('not_found', `there is no run ${args.id}`, { runId: args.id })
  if (!run.external) {
    throw new MonofilError('invalid_state', `run ${run.id} is worked on here: only external runs are reported on`, {
      state: run.status,
      runId: run.id,
    })
  }
  const wasOver = isTerminal(run.status)
  const maxTextChars = args.maxTextChars ?? DEFAULT_TEXT_CHARS
  const batch = new ReportBatch(run, portOf(book, run), { now: tx.now, maxTextChars })
  const answers = args.reports.map((report, index) => applyReport(batch, report, index))
  if (!wasOver) {
    run.lastSeenAt = tx.now
    run.stalledSince = null
  }
  write(book, batch, maxTextChars)
  const view = readRun(tx.db, run.id, { epoch: tx.epoch })
  if (view === undefined) throw new Error(`run ${run.id} was written and cannot be read`)
  return { answers, run: view }
}

/** Ends an external run without waiting for its reporter: what is open is cancelled. The caller closes the book. */
export function cancelReported(book: RunBook, run: RunRecord): void {
  const batch = new ReportBatch(run, portOf(book, run), { now: book.tx.now, maxTextChars: 0 })
  stopRun(batch, 'cancel')
  for (const [item, step] of batch.changed) book.saveItem(run, step, item)
}

function portOf(book: RunBook, run: RunRecord): ReportPort {
  return {
    isKnown: (id) => book.sql.get('SELECT id FROM run_reports WHERE run = ? AND id = ?', run.seq, id) !== undefined,
    findItem: (step, id) => findItem(book.sql, run, step, id),
    openItems: (step) => new RunItems(book, run).open(step),
    countTexts: (item) => (item.key === null ? 0 : countTexts(book.sql, item.key)),
    textOf: (item, name) => (item.key === null ? undefined : textState(book.sql, item.key, name)),
  }
}

function findItem(sql: Rows, run: RunRecord, step: StepRecord, id: string): ItemRecord | undefined {
  const row = sql.get('SELECT * FROM items WHERE run = ? AND step = ? AND id = ?', run.seq, step.position, id)
  return row === undefined ? undefined : itemOfRow(row)
}

/** Items first, so that a reader knows whose text it gets; then steps and the end, the last event of its round. */
function write(book: RunBook, batch: ReportBatch, maxTextChars: number): void {
  const { tx, sql } = book
  const { run } = batch
  for (const id of batch.applied) sql.run('INSERT INTO run_reports (run, id) VALUES (?, ?)', run.seq, id)
  for (const [item, step] of batch.changed) book.saveItem(run, step, item)
  for (const { line, live } of batch.logs) keepLogLine(tx, run, line, live)
  for (const { item, step, attempt, piece } of batch.texts.all) {
    if (item.key === null) throw new Error(`item ${item.id} was written and has no key`)
    const place = { run: run.seq, runId: run.id, item: item.key, itemId: item.id, step, name: piece.name }
    writePiece(tx, place, { ...piece, attempt }, maxTextChars)
  }
  book.close()
}
