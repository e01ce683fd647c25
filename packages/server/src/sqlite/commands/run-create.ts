import type { Run } from '@monofil/protocol'
import { MonofilError } from '@monofil/protocol'
import { externalStep } from '../../runs/plan.ts'
import type { RunRecord, StepRecord } from '../../runs/records.ts'
import { newStep, noUsage } from '../../runs/records.ts'
import type { NewRunRow, StepPlan } from '../../seams/store.ts'
import { RunBook } from '../run-book.ts'
import { RunItems } from '../run-items.ts'
import { drive } from '../run-leases.ts'
import { readRun } from '../run-rows.ts'
import type { Rows } from '../run-sql.ts'
import { text, textOrNull } from '../run-sql.ts'
import { putTags, searchText } from '../run-tags.ts'
import type { Tx } from '../tx.ts'

/** Creates the run, or answers the one that exists. The answered view is corrected by the group's end. */
export function runsCreate(tx: Tx, args: NewRunRow): { readonly run: Run; readonly created: boolean } {
  const book = new RunBook(tx)
  const existing = existingRun(tx, book.sql, args)
  if (existing !== undefined) return { run: existing, created: false }
  if (args.exclusive) refuseBusy(book.sql, args)
  const run = insertRun(tx, book.sql, args)
  book.adopt(run)
  if (!run.external) {
    const items = new RunItems(book, run)
    for (const step of run.steps) if (step.plan.each === null) items.add(step, 1, { inputJson: 'null', ready: false })
  }
  drive(book)
  tx.runChanged(run.id)
  return { run: viewOf(tx, run.id), created: true }
}

function existingRun(tx: Tx, sql: Rows, args: NewRunRow): Run | undefined {
  const row = sql.get('SELECT owner, body FROM runs WHERE id = ?', args.id)
  const removed = row === undefined && sql.get('SELECT id FROM removed_runs WHERE id = ?', args.id) !== undefined
  if (removed || (row !== undefined && text(row, 'owner') !== args.owner)) {
    throw new MonofilError('id_taken', `the run id ${args.id} is taken: choose another`)
  }
  if (row === undefined) return undefined
  if (text(row, 'body') === args.bodyJson) return viewOf(tx, args.id)
  throw new MonofilError(
    'run_conflict',
    `run ${args.id} exists with another body: send the same body to join it, or choose another id`,
    { runId: args.id },
  )
}

/** A run with a key holds the key; an exclusive run without one holds its whole workflow. */
export function refuseBusy(sql: Rows, args: Pick<NewRunRow, 'workflow' | 'key'>): void {
  const busy = sql.get(
    `SELECT id, key FROM runs WHERE workflow = ?1 AND finished_at IS NULL
     AND (?2 IS NULL OR key = ?2 OR (key IS NULL AND exclusive = 1)) ORDER BY seq LIMIT 1`,
    args.workflow,
    args.key,
  )
  if (busy === undefined) return
  const what = textOrNull(busy, 'key') === null || args.key === null ? 'is active' : `with key ${args.key} is active`
  throw new MonofilError('key_busy', `a run of ${args.workflow} ${what}, and only one may be: wait for its end`, {
    runId: text(busy, 'id'),
  })
}

function insertRun(tx: Tx, sql: Rows, args: NewRunRow): RunRecord {
  const budget = args.budgetJson
  const seq = sql.insert(
    `INSERT INTO runs (id, workflow, external, exclusive, status, round, progress, wanted, input, body, tags, owner,
       roles, key, search, budget, parent_id, heartbeat_ms, stall_at, sample, created_at)
     VALUES (?, ?, ?, ?, 'queued', 1, 0, 'run', ?, ?, '[]', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    args.id,
    args.workflow,
    Number(args.external),
    Number(args.exclusive),
    args.inputJson,
    args.bodyJson,
    args.owner,
    JSON.stringify(args.roles),
    args.key,
    searchText(args, args.tags),
    budget,
    args.parentId,
    args.heartbeatMs,
    args.external && args.heartbeatMs !== null ? tx.now + args.heartbeatMs : null,
    args.sample ?? null,
    tx.now,
  )
  putTags(sql, seq, args.tags)
  for (const role of new Set(args.roles)) sql.run('INSERT INTO run_roles (role, run) VALUES (?, ?)', role, seq)
  return recordOf(tx, seq, args)
}

function recordOf(tx: Tx, seq: number, args: NewRunRow): RunRecord {
  return {
    seq,
    id: args.id,
    workflow: args.workflow,
    external: args.external,
    status: 'queued',
    round: 1,
    progress: 0,
    wanted: 'run',
    inputJson: args.inputJson,
    resultJson: null,
    error: null,
    tags: args.tags,
    owner: args.owner,
    roles: args.roles,
    key: args.key,
    usage: noUsage(),
    budgetJson: args.budgetJson,
    sample: args.sample ?? null,
    ranMs: 0,
    runningSince: null,
    parentId: args.parentId,
    heartbeatMs: args.heartbeatMs,
    createdAt: tx.now,
    startedAt: null,
    finishedAt: null,
    lastSeenAt: null,
    stalledSince: null,
    steps: stepsOf(args),
  }
}

function stepsOf(args: NewRunRow): StepRecord[] {
  const named = new Set(args.steps.map((plan) => plan.name))
  const others = args.external ? Object.keys(args.totals).filter((name) => !named.has(name)) : []
  const plans: StepPlan[] = [...args.steps, ...others.map((name) => externalStep(name))]
  return plans.map((plan, position) => {
    const step = newStep(position, plan)
    if (args.external) {
      step.begun = true
      // By what is its own: a step may be called `constructor`.
      step.announced = Object.hasOwn(args.totals, plan.name) ? (args.totals[plan.name] ?? null) : null
    } else {
      step.totalIsFinal = plan.each === null
    }
    return step
  })
}

function viewOf(tx: Tx, id: string): Run {
  const run = readRun(tx.db, id, { epoch: tx.epoch })
  if (run === undefined) throw new Error(`run ${id} was written and cannot be read`)
  return run
}
