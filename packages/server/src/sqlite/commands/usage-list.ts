import type { DatabaseSync } from 'node:sqlite'
import { MonofilError, matchesPattern, type UsageDimension, type UsageRow } from '@monofil/protocol'
import { formatMoney } from '../../runs/usage.ts'
import type { Page, UsageQuery, UsageViewer } from '../../seams/store.ts'
import type { SqlRow } from '../run-sql.ts'
import { number, Rows, text } from '../run-sql.ts'
import type { ReadContext, Tx } from '../tx.ts'

const DAY_MS = 86_400_000

/** Sums of the days asked for; money is added here, since SQLite's integers end at 64 bits. */
export function usageList(db: DatabaseSync, query: UsageQuery, { now }: ReadContext): Page<UsageRow> {
  const after = query.cursor === undefined ? undefined : readCursor(query.cursor, query.by)
  const sums = new Map<string, Sum>()
  for (const row of rowsOf(new Rows(db), query, now)) {
    if (!isSeen(query.viewer, row)) continue
    const place = [...query.by.map((dimension) => text(row, dimension)), text(row, 'currency')]
    const key = JSON.stringify(place)
    const sum = sums.get(key) ?? { place, tokens: 0, micros: 0n }
    sum.tokens += number(row, 'tokens')
    sum.micros += BigInt(text(row, 'micros'))
    sums.set(key, sum)
  }
  const order = orderOf(query.by)
  const sorted = [...sums.values()]
    .filter(({ place }) => after === undefined || order(place, after) > 0)
    .sort((a, b) => order(a.place, b.place))
  const page = sorted.slice(0, query.limit)
  const last = page.at(-1)
  return {
    items: page.map((sum) => viewOf(query.by, sum)),
    nextCursor: last !== undefined && sorted.length > page.length ? writeCursor(last.place) : null,
  }
}

/** Forgets days that ended before `before` (ms since 1970); answers how many rows went. */
export function usageTrim(tx: Tx, before: number): number {
  return new Rows(tx.db).run('DELETE FROM usage_days WHERE day < ?', new Date(before).toISOString().slice(0, 10))
}

interface Sum {
  /** Values of the dimensions asked for, then the currency. */
  readonly place: readonly string[]
  tokens: number
  micros: bigint
}

function rowsOf(sql: Rows, { days, workflow, owner, model }: UsageQuery, now: number): Iterable<SqlRow> {
  const first = new Date(now - (days - 1) * DAY_MS).toISOString().slice(0, 10)
  return sql.each(
    `SELECT * FROM usage_days WHERE day >= ?1 AND (?2 IS NULL OR workflow = ?2) AND (?3 IS NULL OR owner = ?3)
       AND (?4 IS NULL OR model = ?4)`,
    first,
    workflow ?? null,
    owner ?? null,
    model ?? null,
  )
}

function isSeen(viewer: UsageViewer, row: SqlRow): boolean {
  if (viewer.all || text(row, 'owner') === viewer.sub) return true
  return viewer.patterns.some((pattern) => matchesPattern(pattern, `workflow:${text(row, 'workflow')}`))
}

function viewOf(by: readonly UsageDimension[], { place, tokens, micros }: Sum): UsageRow {
  const named = by.map((dimension, i) => [dimension, dimension === 'model' ? place[i] || null : place[i]])
  return { ...Object.fromEntries(named), tokens, cost: formatMoney(micros), currency: place.at(-1) || null }
}

/** The newest day first; all else as text. */
function orderOf(by: readonly UsageDimension[]): (a: readonly string[], b: readonly string[]) => number {
  return (a, b) => {
    for (const [i, one] of a.entries()) {
      const other = b[i] ?? ''
      if (one !== other) return (one < other ? -1 : 1) * (by[i] === 'day' ? -1 : 1)
    }
    return 0
  }
}

function writeCursor(place: readonly string[]): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url')
}

function readCursor(cursor: string, by: readonly UsageDimension[]): readonly string[] {
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (Array.isArray(place) && place.length === by.length + 1 && place.every((one) => typeof one === 'string')) {
      return place
    }
  } catch {
    // Said below.
  }
  throw new MonofilError('invalid_request', 'the cursor is not one of this list: use its nextCursor as it was given', {
    field: 'cursor',
  })
}
