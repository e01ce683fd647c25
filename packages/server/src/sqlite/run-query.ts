import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import type { CompiledQuery, ExpressionBuilder, ExpressionWrapper, SqlBool } from 'kysely'
import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely'
import type { Viewer } from '../seams/auth.ts'
import type { SqlRow } from './run-sql.ts'
import { Rows } from './run-sql.ts'

/** The columns that filtered lists name. */
export interface ListTables {
  runs: {
    seq: number
    id: string
    workflow: string
    status: string
    owner: string
    key: string | null
    search: string
    created_at: number
    finished_at: number | null
    removed_at: number | null
  }
  run_tags: { tag: string; run: number }
  run_roles: { role: string; run: number }
  run_steps: { run: number; position: number; name: string; finished_at: number | null }
  items: {
    key: number
    run: number
    step: number
    idx: number
    id: string
    status: string
    input: string
    error_message: string | null
  }
}

/** Compiles SQL and never runs it: kysely's own SQLite dialect does not drive node:sqlite. */
export function listQueries(): Kysely<ListTables> {
  return new Kysely<ListTables>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  })
}

export function rowsOfQuery(db: DatabaseSync, query: CompiledQuery): SqlRow[] {
  return new Rows(db).all(query.sql, ...query.parameters.map(sqlValue))
}

function sqlValue(value: unknown): SQLInputValue {
  if (typeof value === 'string' || typeof value === 'number' || value === null) return value
  throw new TypeError(`a list query has a parameter of type ${typeof value}`)
}

/** Restricts a query that has `runs` to what this viewer may see: theirs, their roles', their `run:` patterns'. */
export function seenBy(viewer: Viewer) {
  return (e: ExpressionBuilder<ListTables, 'runs'>): ExpressionWrapper<ListTables, 'runs', SqlBool> => {
    // A removed run is out of sight while its rows go.
    const there = e('runs.removed_at', 'is', null)
    if (viewer.all) return there
    const ways = [e('runs.owner', '=', viewer.sub)]
    if (viewer.roles.length > 0) {
      const named = e
        .selectFrom('run_roles')
        .select('run_roles.run')
        .where('run_roles.role', 'in', [...viewer.roles])
      ways.push(e('runs.seq', 'in', named))
    }
    for (const pattern of viewer.patterns) {
      if (!pattern.startsWith('run:')) continue
      const id = pattern.slice('run:'.length)
      ways.push(id.endsWith('*') ? beginsWith(e, id.slice(0, -1)) : e('runs.id', '=', id))
    }
    return e.and([there, e.or(ways)])
  }
}

/** By range, so that the index on ids serves it; `~` comes after every character of an id. */
function beginsWith(e: ExpressionBuilder<ListTables, 'runs'>, prefix: string) {
  return e.and([e('runs.id', '>=', prefix), e('runs.id', '<', `${prefix}~`)])
}

/** A `LIKE` pattern that finds `text` anywhere, its own wildcards taken literally (escape: `\\`). */
export function containing(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, (wild) => `\\${wild}`)}%`
}
