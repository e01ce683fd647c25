import { moveRun, moveStep } from '../../runs/advance.ts'
import { freshRoom } from '../../runs/budget.ts'
import type { Company } from '../../runs/company.ts'
import { moveItem } from '../../runs/item-moves.ts'
import type { Grant } from '../../runs/limit.ts'
import type { RunRecord, StepRecord } from '../../runs/records.ts'
import type { Lease, WorkStore } from '../../seams/store.ts'
import { companyOf, fitting, mostBeside } from '../claim-company.ts'
import { LimitBook } from '../limit-book.ts'
import { RunBook } from '../run-book.ts'
import { offerDue } from '../run-leases.ts'
import { itemOfRow } from '../run-rows.ts'
import type { SqlRow } from '../run-sql.ts'
import { number, text } from '../run-sql.ts'
import type { Tx } from '../tx.ts'

type ClaimRequest = Parameters<WorkStore['claim']>[0]

/** Leases up to `max` items: oldest run first, then step and index, never more of a step than its limits give. */
export function workClaim(tx: Tx, request: ClaimRequest): readonly Lease[] {
  const book = new RunBook(tx)
  // What became due is seen by the query below only once it is in the tables.
  offerDue(book)
  const claim: Claim = {
    book,
    request,
    limits: new LimitBook(tx),
    company: companyOf(book.sql, request.worker),
    crowded: false,
    leases: [],
    short: new Map(),
    dry: 0,
    fence: number(book.sql.get("SELECT value FROM meta WHERE key = 'fence'") ?? {}, 'value'),
  }
  const seen = new Set<string>()
  let known: number
  do {
    known = claim.short.size + claim.dry
    for (const place of claimable(claim)) {
      const at = `${number(place, 'run')} ${number(place, 'position')}`
      if (claim.leases.length >= request.max || claim.crowded || seen.has(at)) continue
      seen.add(at)
      claimAt(claim, place)
    }
    // Steps whose limits or sample give nothing are looked past, so that they hide nobody who could run.
  } while (claim.short.size + claim.dry > known && claim.leases.length < request.max && !claim.crowded)
  if (claim.leases.length > 0) book.sql.run("UPDATE meta SET value = ? WHERE key = 'fence'", claim.fence)
  claim.limits.close()
  book.close()
  return claim.leases
}

interface Claim {
  readonly book: RunBook
  readonly request: ClaimRequest
  readonly limits: LimitBook
  readonly company: Company
  /** What comes next wants fewer beside it than the worker holds: it gets nothing until some of them ended. */
  crowded: boolean
  readonly leases: Lease[]
  /** Limits (a step's, as its column names them) that give nothing more now, and why. */
  readonly short: Map<string, Grant['short']>
  /** Steps that gave nothing since their sample is taken and what they try again is not due. */
  dry: number
  fence: number
}

/** Steps with something to claim, merged over the workflows, oldest run first. */
function claimable({ book, request, short, dry }: Claim): readonly SqlRow[] {
  const past = short.size === 0 ? '' : 'AND limits NOT IN (SELECT value FROM json_each(?))'
  const places = request.workflows.flatMap((workflow) =>
    book.sql.all(
      `SELECT run, position, limits FROM run_steps
       WHERE workflow = ? AND ready > 0 AND running < concurrency AND held = 0 ${past} ORDER BY run, position LIMIT ?`,
      workflow,
      ...(short.size === 0 ? [] : [JSON.stringify([...short.keys()])]),
      request.max + dry,
    ),
  )
  return places.sort((a, b) => number(a, 'run') - number(b, 'run') || number(a, 'position') - number(b, 'position'))
}

function claimAt(claim: Claim, place: SqlRow): void {
  const { book, limits, leases, short } = claim
  const run = book.open(number(place, 'run'))
  const step = run.steps[number(place, 'position')]
  if (step === undefined) return
  const key = text(place, 'limits')
  const ask = askOf(step)
  const ready = short.has(key) ? [] : readyItems(claim, { run, step, among: ask === 'only' ? 'checked = 1' : '1' })
  if (ready.length === 0 && freshRoom(run, step) === 0) claim.dry += 1
  const rows = fitting(claim.company, ready)
  const refused = rows.length < ready.length
  const given = limits.grant(step, rows.length)
  const why = given.short ?? (refused ? limits.shortOf(step) : null)
  if (why !== null) short.set(key, why)
  // Who passed it by would never be free for it; but it is waited for only if it could start then.
  else if (refused) claim.crowded = true
  note(book.tx, step, short.get(key) ?? null)
  for (const [i, row] of rows.slice(0, given.startsAt.length).entries()) {
    leases.push(lease(claim, { run, step, row, startAt: given.startsAt[i] ?? 0, ask: ask === 'first' ? ask : null }))
  }
  if (ask !== 'only') return
  // What is only asked about takes no place under the limits.
  const unasked = readyItems(claim, { run, step, among: 'checked = 0' })
  const asked = fitting(claim.company, unasked)
  if (asked.length < unasked.length) claim.crowded = true
  for (const row of asked) {
    leases.push(lease(claim, { run, step, row, startAt: book.tx.monotonic, ask }))
  }
}

/** When a step's `when` is asked: with limits, before a place under them is taken. */
function askOf({ plan }: StepRecord): Lease['ask'] {
  if (plan.conditional !== true) return null
  return (plan.limits?.length ?? 0) > 0 ? 'only' : 'first'
}

/** From here on a wait is shown with its end: one of moments has none worth showing. */
const SHOWN_MS = 2000

/** Keeps which limit a step was refused by. */
function note(tx: Tx, step: StepRecord, short: Grant['short']): void {
  if (short === null) {
    step.short = null
    return
  }
  const waitMs = short.againAt === null ? 0 : short.againAt - tx.monotonic
  const until = waitMs < SHOWN_MS ? null : Math.round((tx.now + waitMs) / 1000) * 1000
  if (step.short?.limit !== short.limit || step.short.until !== until) step.short = { limit: short.limit, until }
}

function readyItems(
  { book, request, leases }: Claim,
  { run, step, among }: { readonly run: RunRecord; readonly step: StepRecord; readonly among: string },
): readonly SqlRow[] {
  const room = Math.min(request.max - leases.length, step.plan.concurrency - step.tally.running)
  const fresh = freshRoom(run, step)
  // What was begun is no new item: it may be tried again.
  const which = fresh > 0 ? among : `${among} AND status = 'retrying'`
  return book.sql.all(
    `SELECT * FROM items WHERE run = ? AND step = ? AND ready = 1 AND ${which} ORDER BY idx LIMIT ?`,
    run.seq,
    step.position,
    Math.max(0, fresh > 0 ? Math.min(room, fresh) : room),
  )
}

interface Claimed {
  readonly run: RunRecord
  readonly step: StepRecord
  readonly row: SqlRow
  /** The owner's monotonic ms. */
  readonly startAt: number
  readonly ask: Lease['ask']
}

function lease(claim: Claim, { run, step, row, startAt, ask }: Claimed): Lease {
  claim.fence += 1
  const { book, request, fence } = claim
  const { tx, sql } = book
  const item = itemOfRow(row)
  moveItem(step, item, 'claim', tx.now)
  moveStep(step, 'start', tx.now)
  moveRun(run, 'start', tx.now)
  run.lastSeenAt = tx.now
  book.saveItem(run, step, item)
  const until = tx.monotonic + request.leaseMs
  const most = mostBeside(row)
  claim.company.admit(most)
  sql.run(
    'INSERT INTO leases (fence, item, worker, until, company) VALUES (?, ?, ?, ?, ?)',
    fence,
    item.key,
    request.worker,
    until,
    Number.isFinite(most) ? most : null,
  )
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
    ask,
    startInMs: Math.max(0, Math.ceil(startAt - tx.monotonic)),
  }
}
