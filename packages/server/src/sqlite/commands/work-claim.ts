import { moveRun, moveStep } from '../../runs/advance.ts'
import { moveItem } from '../../runs/item-moves.ts'
import type { RunRecord, StepRecord } from '../../runs/records.ts'
import type { Lease, WorkStore } from '../../seams/store.ts'
import { RunBook } from '../run-book.ts'
import { offerDue } from '../run-leases.ts'
import { itemOfRow } from '../run-rows.ts'
import type { SqlRow } from '../run-sql.ts'
import { number } from '../run-sql.ts'
import type { Tx } from '../tx.ts'

type ClaimRequest = Parameters<WorkStore['claim']>[0]

/** Leases up to `max` items: oldest run first, then step and index, never more of a step than its concurrency. */
export function workClaim(tx: Tx, request: ClaimRequest): readonly Lease[] {
  const book = new RunBook(tx)
  offerDue(book)
  // What became due is seen by the query below only once it is in the tables.
  book.close()
  const leases: Lease[] = []
  let fence = number(book.sql.get("SELECT value FROM meta WHERE key = 'fence'") ?? {}, 'value')
  for (const place of claimable(book, request)) {
    const room = request.max - leases.length
    if (room <= 0) break
    const run = book.open(number(place, 'run'))
    const step = run.steps[number(place, 'position')]
    if (step === undefined) continue
    for (const row of readyItems(book, run, step, room)) {
      fence += 1
      leases.push(lease(book, { run, step, row, fence, request }))
    }
  }
  if (leases.length > 0) book.sql.run("UPDATE meta SET value = ? WHERE key = 'fence'", fence)
  book.close()
  return leases
}

/** Steps with something to claim, merged over the workflows, oldest run first. */
function claimable(book: RunBook, request: ClaimRequest): readonly SqlRow[] {
  const places = request.workflows.flatMap((workflow) =>
    book.sql.all(
      `SELECT run, position FROM run_steps
       WHERE workflow = ? AND ready > 0 AND running < concurrency AND held = 0 ORDER BY run, position LIMIT ?`,
      workflow,
      request.max,
    ),
  )
  return places.sort((a, b) => number(a, 'run') - number(b, 'run') || number(a, 'position') - number(b, 'position'))
}

function readyItems(book: RunBook, run: RunRecord, step: StepRecord, room: number): readonly SqlRow[] {
  return book.sql.all(
    'SELECT * FROM items WHERE run = ? AND step = ? AND ready = 1 ORDER BY idx LIMIT ?',
    run.seq,
    step.position,
    Math.min(room, step.plan.concurrency - step.tally.running),
  )
}

interface Claimed {
  readonly run: RunRecord
  readonly step: StepRecord
  readonly row: SqlRow
  readonly fence: number
  readonly request: ClaimRequest
}

function lease(book: RunBook, { run, step, row, fence, request }: Claimed): Lease {
  const { tx, sql } = book
  const item = itemOfRow(row)
  moveItem(step, item, 'claim', tx.now)
  moveStep(step, 'start', tx.now)
  moveRun(run, 'start', tx.now)
  book.saveItem(run, step, item)
  const until = tx.monotonic + request.leaseMs
  sql.run('INSERT INTO leases (fence, item, worker, until) VALUES (?, ?, ?, ?)', fence, item.key, request.worker, until)
  return {
    fence,
    runId: run.id,
    workflow: run.workflow,
    step: step.plan.name,
    itemId: item.id,
    index: item.index,
    attempt: item.attempts,
    inputJson: item.inputJson,
    runInputJson: run.inputJson,
    timeoutMs: step.plan.timeoutMs,
  }
}
