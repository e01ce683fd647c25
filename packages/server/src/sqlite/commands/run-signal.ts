import type { Item } from '@monofil/protocol'
import { isTerminal, MonofilError } from '@monofil/protocol'
import { itemIdOf, stepNamed } from '../../runs/plan.ts'
import type { RunRecord, StepRecord } from '../../runs/records.ts'
import { answerLine, effectOf, type SignalEffect } from '../../runs/signals.ts'
import type { SignalAnswer } from '../../seams/store.ts'
import { RunBook } from '../run-book.ts'
import { RunItems } from '../run-items.ts'
import { drive } from '../run-leases.ts'
import { keepLogLine } from '../run-log.ts'
import { itemOfRow, readItems } from '../run-rows.ts'
import type { SqlRow } from '../run-sql.ts'
import type { Tx } from '../tx.ts'

/** Answers an item that waits for an approval or a signal. */
export function runsSignal(tx: Tx, args: { readonly id: string; readonly answer: SignalAnswer }): Item {
  const { id, answer } = args
  const book = new RunBook(tx)
  const run = book.find(id)
  if (run === undefined) throw new MonofilError('not_found', `there is no run ${id}`, { runId: id })
  const step = stepNamed(run.steps, answer.step)
  if (step === undefined) throw unknown('step', `run ${id} has no step ${answer.step}`, id)
  const row = rowOf(book, { run, step, item: answer.item })
  const effect = effectOf(step, itemOfRow(row), answer, tx.nowIso)
  if (effect.kind !== 'keep') {
    if (isTerminal(run.status)) {
      throw new MonofilError('invalid_state', `run ${id} is ${run.status}`, { state: run.status, runId: id })
    }
    apply(book, { run, step, row }, effect)
    const line = { level: 'info', message: answerLine(step, answer), step: step.plan.name, at: tx.nowIso } as const
    keepLogLine(tx, run, { ...line, item: itemOfRow(row).id }, true)
  }
  drive(book)
  const [item] = readItems(tx.db, id, step.plan.name, [itemOfRow(row).id])
  if (item === undefined) throw new Error(`an item of run ${id} was written and cannot be read`)
  return item
}

function rowOf(
  book: RunBook,
  place: { readonly run: RunRecord; readonly step: StepRecord; readonly item: string | undefined },
): SqlRow {
  const { run, step } = place
  if (place.item === undefined && step.plan.each !== null) {
    throw new MonofilError('invalid_request', `step ${step.plan.name} has many items: name the one`, { field: 'item' })
  }
  const id = place.item ?? itemIdOf(step.plan, 1)
  const row = book.sql.get('SELECT * FROM items WHERE run = ? AND step = ? AND id = ?', run.seq, step.position, id)
  return row ?? unknownItem(step, id, run.id)
}

function unknownItem(step: StepRecord, item: string, runId: string): never {
  throw unknown('item', `step ${step.plan.name} of run ${runId} has no item ${item}`, runId)
}

function unknown(field: string, message: string, runId: string): MonofilError {
  return new MonofilError('not_found', message, { field, runId })
}

function apply(
  book: RunBook,
  { run, step, row }: { readonly run: RunRecord; readonly step: StepRecord; readonly row: SqlRow },
  effect: Exclude<SignalEffect, { kind: 'keep' }>,
): void {
  const items = new RunItems(book, run)
  const item = itemOfRow(row)
  run.lastSeenAt = book.tx.now
  if (effect.kind === 'complete') items.answer(step, item, effect.resultJson)
  else if (effect.kind === 'refuse') items.refuse(step, item, effect.error)
  else {
    item.resultJson = effect.resultJson
    book.saveItem(run, step, item)
  }
}
