import type { Run } from '@monofil/protocol'
import { isTerminal, MonofilError } from '@monofil/protocol'
import { moveRun, moveStep } from '../../runs/advance.ts'
import { budgetOf, holdOf } from '../../runs/budget.ts'
import { sourceOf } from '../../runs/plan.ts'
import type { RunRecord, StepRecord } from '../../runs/records.ts'
import type { Chosen } from '../../runs/retry.ts'
import { applyRetry, planRetry } from '../../runs/retry.ts'
import type { FailureRef, RunControl } from '../../seams/store.ts'
import { RunBook } from '../run-book.ts'
import { RunItems } from '../run-items.ts'
import { drive } from '../run-leases.ts'
import { readRun } from '../run-rows.ts'
import { number, text } from '../run-sql.ts'
import type { Tx } from '../tx.ts'
import { refuseBusy } from './run-create.ts'
import { failureGroups } from './run-history.ts'
import { cancelReported } from './run-report.ts'

/** Pauses, resumes, cancels or retries a run. The answered view is corrected by the group's end. */
export function runsControl(tx: Tx, args: { readonly id: string; readonly control: RunControl }): Run {
  const book = new RunBook(tx)
  const run = book.find(args.id)
  if (run === undefined) throw new MonofilError('not_found', `there is no run ${args.id}`, { runId: args.id })
  const { control } = args
  if (control.action === 'retry') retry(book, run, control)
  else if (isTerminal(run.status)) refuseFinished(run, control.action)
  else if (run.external) askReporter(book, run, control)
  else move(book, run, control)
  drive(book)
  const view = readRun(tx.db, run.id, { epoch: tx.epoch })
  if (view === undefined) throw new Error(`run ${run.id} was written and cannot be read`)
  return view
}

type Move = Exclude<RunControl, { action: 'retry' }>

/** A cancelled run is cancelled: twice is fine. */
function refuseFinished(run: RunRecord, action: Move['action']): void {
  if (action === 'cancel' && run.status === 'cancelled') return
  const done = { pause: 'paused', resume: 'resumed', cancel: 'cancelled' }[action]
  throw refusal(run, `is ${run.status}: it cannot be ${done}`)
}

function refusal(run: RunRecord, why: string): MonofilError {
  return new MonofilError('invalid_state', `run ${run.id} ${why}`, { state: run.status, runId: run.id })
}

/** What a budget holds goes on with a larger one. */
function refuseSpent(run: RunRecord): void {
  const hold = holdOf(run)
  if (hold?.reason !== 'budget') return
  const bound = budgetOf(run)?.[hold.part]
  throw refusal(
    run,
    `has reached its budget of ${bound} (${hold.part}): raise it with PATCH /v1/runs/${run.id} { "budget": … }, and it goes on by itself`,
  )
}

/** Of a run that works elsewhere only the wish changes; the last one counts. */
function askReporter(book: RunBook, run: RunRecord, control: Move): void {
  if (control.action === 'cancel') {
    run.wanted = 'cancel'
    if (control.force === true) cancelReported(book, run)
  } else {
    if (control.action === 'resume') refuseSpent(run)
    run.wanted = control.action === 'pause' ? 'pause' : 'run'
  }
}

function move(book: RunBook, run: RunRecord, control: Move): void {
  const { now } = book.tx
  const items = new RunItems(book, run)
  if (control.action === 'pause') {
    run.wanted = 'pause'
    moveRun(run, 'pause', now)
    if (control.hard === true) for (const step of run.steps) items.takeLeases(step, 'release')
  } else if (control.action === 'resume') {
    refuseSpent(run)
    if (holdOf(run)?.reason === 'sample') run.sample = null
    // The book lets it go on as it is closed: a pause is what is wanted, or what the run does by itself.
    run.wanted = 'run'
  } else {
    run.wanted = 'cancel'
    for (const step of run.steps) {
      if (isTerminal(step.status)) continue
      items.cancelOpen(step)
      moveStep(step, 'cancel', now)
    }
    moveRun(run, 'cancel', now)
  }
}

function retry(book: RunBook, run: RunRecord, control: Extract<RunControl, { action: 'retry' }>): void {
  if (run.external) throw refusal(run, 'works elsewhere: it cannot be retried from here, start it anew')
  const ids = control.failures === undefined ? control.items : failedItems(book, run, control.failures)
  const chosen = ids === undefined ? null : chosenItems(book, run, ids)
  if (!isTerminal(run.status)) {
    if (run.round > 1 && (chosen === null || !chosen.ended)) return
    throw refusal(run, `is ${run.status}: what failed can be retried when it is over`)
  }
  const plan = planRetry(run, chosen?.items ?? null)
  refuseBusyKey(book, run)
  run.wanted = 'run'
  applyRetry(run, plan, new RunItems(book, run), book.tx.now)
}

/** Ids of all items of these groups. While a round is open, a group that nobody is in any more is one that is retried. */
function failedItems(book: RunBook, run: RunRecord, failures: readonly FailureRef[]): readonly string[] {
  const groups = failureGroups(book.tx.db, run.id, Number.MAX_SAFE_INTEGER)
  return failures.flatMap((failure, i) => {
    const ids = groups.itemsOf(failure)
    if (ids !== undefined) return ids
    if (!isTerminal(run.status)) return []
    const message = `run ${run.id} has no such failures in step ${failure.step}: look at its failures again`
    throw new MonofilError('invalid_request', message, { field: `failures[${i}]`, runId: run.id })
  })
}

function refuseBusyKey(book: RunBook, run: RunRecord): void {
  const row = book.sql.get('SELECT exclusive FROM runs WHERE seq = ?', run.seq)
  if (row?.['exclusive'] === 1) refuseBusy(book.sql, run)
}

/** The chosen items by step, each with the one it is made of where that has no result; `ended`: whether one is over in vain. */
function chosenItems(
  book: RunBook,
  run: RunRecord,
  ids: readonly string[],
): { readonly items: NonNullable<Chosen>; readonly ended: boolean } {
  const items = new Map<number, Set<string>>()
  const found = new Set<string>()
  let ended = false
  const rows = book.sql.all(
    `SELECT i.id, i.idx, i.step, i.status FROM run_steps s CROSS JOIN json_each(?) wanted
     CROSS JOIN items i ON i.run = s.run AND i.step = s.position AND i.id = wanted.value WHERE s.run = ?`,
    JSON.stringify(ids),
    run.seq,
  )
  for (const row of rows) {
    const status = text(row, 'status')
    ended ||= status === 'failed' || status === 'cancelled'
    let step: StepRecord | undefined = run.steps[number(row, 'step')]
    let id: string | undefined = text(row, 'id')
    found.add(id)
    while (step !== undefined && id !== undefined) {
      items.set(step.position, (items.get(step.position) ?? new Set()).add(id))
      step = sourceOf(run.steps, step)
      id =
        step === undefined || step.plan.each === null ? undefined : sourceWithout(book, run, step, number(row, 'idx'))
    }
  }
  const missing = ids.findIndex((id) => !found.has(id))
  if (missing >= 0) {
    const field = `items[${missing}]`
    throw new MonofilError('invalid_request', `run ${run.id} has no item ${ids[missing]}`, { field, runId: run.id })
  }
  return { items, ended }
}

/** The id of a step's item at this index that ended without a result. */
function sourceWithout(book: RunBook, run: RunRecord, step: StepRecord, index: number): string | undefined {
  const row = book.sql.get(
    "SELECT id FROM items WHERE run = ? AND step = ? AND idx = ? AND status IN ('failed', 'cancelled')",
    run.seq,
    step.position,
    index,
  )
  return row === undefined ? undefined : String(row['id'])
}
