import { DatabaseSync, type StatementSync } from 'node:sqlite'

/** What became of one notice for one user, as the store has it. */
export interface InboxLine {
  readonly id: string
  /** The offset of the event it came with. */
  readonly no: number
  /** Whether its words are still in that event. */
  readonly isAsItCame: boolean
  /** Whether it is in the list of what is not archived. */
  readonly isListed: boolean
}

/** The last event of every log, and counts that differ from the rows they count. Read in one statement: of one commit. */
const DRIFT = `
SELECT p.sub, p.unseen, p.unread, p.items, count(i.notice) AS rows,
  ifnull(sum(i.archived_at IS NULL AND i.seen_at IS NULL AND i.notice IS NOT NULL), 0) AS rowsUnseen,
  ifnull(sum(i.archived_at IS NULL AND i.read_at IS NULL AND i.notice IS NOT NULL), 0) AS rowsUnread,
  (SELECT e.data FROM topics t JOIN events e ON e.topic_id = t.id AND e.offset = t.head
    WHERE t.name = 'user:' || p.sub) AS last,
  (SELECT t.head FROM topics t WHERE t.name = 'user:' || p.sub) AS head
FROM people p LEFT JOIN inbox i ON i.person = p.seq AND i.outcome = 'inbox'
`

/** The hub's database, looked at beside the hub by a connection that only reads. */
export class InboxDatabase {
  readonly #db: DatabaseSync
  readonly #all: StatementSync
  readonly #one: StatementSync

  constructor(path: string) {
    this.#db = new DatabaseSync(path, { readOnly: true, timeout: 10_000 })
    this.#all = this.#db.prepare(`${DRIFT} GROUP BY p.seq`)
    this.#one = this.#db.prepare(`${DRIFT} WHERE p.sub = ? GROUP BY p.seq`)
  }

  close(): void {
    this.#db.close()
  }

  /** In words, whose counts are not what their rows say; one user's or everybody's. */
  drift(sub: string | null = null): readonly string[] {
    const found = sub === null ? this.#all.all() : this.#one.all(sub)
    return found.flatMap((row) => {
      const { unseen, unread, items, rows, rowsUnseen, rowsUnread, last, head } = row
      const told = typeof last === 'string' ? (JSON.parse(last) as { counts: unknown }).counts : null
      const isTold = told === null || sameCounts(told, { unseen, unread, version: head })
      const isRight = unseen === rowsUnseen && unread === rowsUnread && items === rows && isTold
      return isRight ? [] : [`counts and rows of ${row['sub']} differ: ${JSON.stringify(row)}`]
    })
  }

  /** What is on its way: to some of many, or a digest that is not sent yet. */
  underWay(): number {
    const sql = `SELECT (SELECT count(*) FROM notices WHERE spread_after IS NOT NULL OR tell_after IS NOT NULL)
      + (SELECT count(*) FROM digests) AS n`
    return Number(this.#db.prepare(sql).get()?.['n'])
  }

  /** `scheduled`, `sent`, `retracted` or `expired`, and whether all who are to hear of it have. */
  stateOf(id: string): { readonly state: string; readonly isThrough: boolean } | undefined {
    const sql = 'SELECT state, spread_after IS NULL AND tell_after IS NULL AS through FROM notices WHERE id = ?'
    const row = this.#db.prepare(sql).get(id)
    return row === undefined ? undefined : { state: String(row['state']), isThrough: row['through'] === 1 }
  }

  /** By id, all that somebody was ever given and what was kept in their inbox. */
  linesOf(sub: string): ReadonlyMap<string, InboxLine> {
    const sql = `SELECT n.id, i.no, i.place = i.no AS asItCame, i.outcome = 'inbox' AND i.archived_at IS NULL AS listed
      FROM inbox i JOIN notices n ON n.seq = i.notice JOIN people p ON p.seq = i.person
      WHERE p.sub = ? AND i.outcome <> 'muted'`
    const lines = this.#db
      .prepare(sql)
      .all(sub)
      .map((row) => ({
        id: String(row['id']),
        no: Number(row['no']),
        isAsItCame: row['asItCame'] === 1,
        isListed: row['listed'] === 1,
      }))
    return new Map(lines.map((line) => [line.id, line]))
  }
}

function sameCounts(told: unknown, counts: object): boolean {
  const { unseen, unread, version } = told as Record<string, unknown>
  return JSON.stringify({ unseen, unread, version }) === JSON.stringify(counts)
}
