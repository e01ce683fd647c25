import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** Columns of text that hold nothing of a user's, and why. Whoever adds a column puts a canary into it, or it in here. */
export const NOT_PRIVATE: Readonly<Record<string, string>> = {
  'runs.status': 'a word of ours',
  'runs.wanted': 'a word of ours',
  'runs.currency': 'three letters',
  'runs.micros': 'a number',
  'runs.budget': 'numbers',
  'run_steps.status': 'a word of ours',
  'run_steps.currency': 'three letters',
  'run_steps.micros': 'a number',
  'usage_days.currency': 'three letters',
  'usage_days.day': 'a day',
  'usage_days.micros': 'a number',
  'items.status': 'a word of ours',
  'items.currency': 'three letters',
  'items.micros': 'a number',
  'run_logs.level': 'a word of ours',
  'run_logs.at': 'a time',
  'schedules.cron': 'times',
  'schedules.timezone': 'a zone',
  'schedules.budget': 'numbers',
  'schedules.overlap': 'a word of ours',
  'schedules.missed': 'a word of ours',
  'schedules.status': 'a word of ours',
  'schedules.problem_code': 'a word of ours',
  'revocations.kind': 'a word of ours',
  'inbox.live': 'a word of ours',
  'inbox.outcome': 'a word of ours',
  'inbox.quiet': 'a word of ours',
  'inbox.rule': 'a word of ours',
  'notices.last_error': 'of the sending, for the operator',
  'notices.reason': 'a word of ours',
  'notices.severity': 'a word of ours',
  'notices.severity_sent': 'a word of ours',
  'notices.state': 'a word of ours',
  'pushes.last_error': 'what a push service said, for the operator',
  'pushes.state': 'a word of ours',
  'used_tickets.id': 'random, of tickets that are used',
  'ticket_rights.id': 'a hash',
  'meta.key': 'a word of ours',
}

/** The columns of a store's data folder that can hold text and hold none of the words, as `table.column`; and how many there are. */
export function columnsWithout(
  words: readonly string[],
  dir: string,
): { readonly all: number; readonly without: string[] } {
  const db = new DatabaseSync(join(dir, 'monofil.db'), { readOnly: true })
  try {
    const columns = db
      .prepare(
        `SELECT t.name || '.' || c.name AS place, t.name AS of, c.name AS name FROM pragma_table_list() t, pragma_table_info(t.name) c
         WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND c.type NOT IN ('INTEGER', 'REAL')`,
      )
      .all() as { place: string; of: string; name: string }[]
    const without = columns.filter(({ of, name }) => {
      const values = db.prepare(`SELECT "${name}" AS value FROM "${of}"`).all() as { value: unknown }[]
      return !words.some((word) => values.some(({ value }) => String(value).includes(word)))
    })
    return { all: columns.length, without: without.map(({ place }) => place).sort() }
  } finally {
    db.close()
  }
}
