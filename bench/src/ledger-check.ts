import { deepStrictEqual, equal, ok } from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'

/** What is in the file when a run is over. */
export interface Finished {
  readonly items: number
  /** Ends of items a second: of all, of the first tenth and of the last. */
  readonly perSecond: number
  readonly firstTenth: number
  readonly lastTenth: number
  /** The same of the last step alone, whose items all cost the same. */
  readonly ofLastStep: { readonly firstTenth: number; readonly lastTenth: number }
  readonly events: number
}

/**
 * Reads the file of a run that is over, and holds it to what the ledger promises: counters are the rows, each index of
 * a step is there once, what had to fail failed, the log has no holes and one end.
 */
export function inspect(file: string, expected: { readonly failed: number; readonly status: string }): Finished {
  const db = new DatabaseSync(file, { readOnly: true })
  try {
    equal(expected.status, expected.failed > 0 ? 'partial' : 'completed')
    checkItems(db, expected.failed)
    const events = checkLog(db)
    const last = Number(db.prepare('SELECT max(position) AS last FROM run_steps').get()?.['last'])
    const all = tenths(endsOf(db, 1))
    return { items: all.count, events, ...all, ofLastStep: tenths(endsOf(db, last)) }
  } finally {
    db.close()
  }
}

/** When the items of the steps from this one on ended, in ms, in order. */
function endsOf(db: DatabaseSync, step: number): readonly number[] {
  const ends = 'SELECT finished_at AS at FROM items WHERE finished_at IS NOT NULL AND step >= ? ORDER BY finished_at'
  return db
    .prepare(ends)
    .all(step)
    .map(({ at }) => Number(at))
}

function tenths(ends: readonly number[]): { count: number; perSecond: number; firstTenth: number; lastTenth: number } {
  const rate = (from: number, to: number): number =>
    ((to - from) / Math.max(1, (ends[to - 1] ?? 0) - (ends[from] ?? 0))) * 1000
  const count = ends.length
  const tenth = Math.floor(count / 10)
  return { count, perSecond: rate(0, count), firstTenth: rate(0, tenth), lastTenth: rate(count - tenth, count) }
}

function checkItems(db: DatabaseSync, failed: number): void {
  const steps = db
    .prepare('SELECT position, queued, running, retrying, completed, failed, cancelled FROM run_steps')
    .all()
  for (const { position = null, ...counters } of steps) {
    const rows = db.prepare('SELECT status, count(*) AS n FROM items WHERE step = ? GROUP BY status').all(position)
    const counted = Object.fromEntries(Object.keys(counters).map((name) => [name, 0]))
    for (const { status, n } of rows) counted[String(status)] = Number(n)
    deepStrictEqual({ ...counters }, counted)
  }
  const bad = db.prepare("SELECT count(*) AS n FROM items WHERE status = 'failed'").get()
  equal(bad?.['n'], failed)
  const twice = db.prepare("SELECT count(*) - count(DISTINCT step || ':' || idx) AS n FROM items").get()
  equal(twice?.['n'], 0)
  const attempts = db.prepare('SELECT max(attempts) AS most, min(attempts) AS least FROM items').get()
  ok(Number(attempts?.['least']) >= 1 && Number(attempts?.['most']) <= 3)
}

function checkLog(db: DatabaseSync): number {
  const topic = db.prepare("SELECT id, head FROM topics WHERE name = 'run:bench'").get()
  const log = db
    .prepare('SELECT count(*) AS n, min(offset) AS first, max(offset) AS last FROM events WHERE topic_id = ?')
    .get(topic?.['id'] ?? 0)
  deepStrictEqual({ ...log }, { n: topic?.['head'], first: 1, last: topic?.['head'] })
  const end = db
    .prepare(
      "SELECT max(offset) AS last, count(*) AS n FROM events WHERE topic_id = ? AND type IN ('complete', 'failed')",
    )
    .get(topic?.['id'] ?? 0)
  deepStrictEqual({ ...end }, { last: topic?.['head'], n: 1 })
  return Number(log?.['n'])
}
