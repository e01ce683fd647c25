import type { DatabaseSync } from 'node:sqlite'

export interface ReadArgs {
  readonly topic: string
  readonly after: number
  readonly limit: number
  readonly maxBytes: number
}

/** A page with its events as columns: three arrays are copied between threads faster than many objects. */
export interface ReadAnswer {
  readonly oldest: number
  readonly head: number
  /** Offset of the first event; the others follow without holes. */
  readonly first: number
  readonly types: readonly string[]
  readonly data: readonly string[]
  readonly at: readonly number[]
}

interface EventRow {
  readonly offset: number
  readonly type: string
  readonly data: string
  readonly at: number
}

/** Events after `after`, until `limit` or about `maxBytes` is reached; at least one if there is any. */
export function logRead(db: DatabaseSync, args: ReadArgs): ReadAnswer {
  const topic = topicBounds(db, args.topic)
  const first = Math.max(args.after + 1, topic.oldest)
  const types: string[] = []
  const data: string[] = []
  const at: number[] = []
  const page = { oldest: topic.oldest, head: topic.head, first, types, data, at }
  if (topic.id === undefined || first > topic.head) return page
  const sql = 'SELECT offset, type, data, at FROM events WHERE topic_id = ? AND offset >= ? ORDER BY offset LIMIT ?'
  let bytes = 0
  for (const row of db.prepare(sql).iterate(topic.id, first, args.limit)) {
    const event = row as unknown as EventRow
    types.push(event.type)
    data.push(event.data)
    at.push(event.at)
    bytes += event.data.length
    if (bytes >= args.maxBytes) break
  }
  return page
}

/** The bounds of a topic; a topic never written is empty from its first offset. */
export function logBounds(db: DatabaseSync, args: { readonly topic: string }): { oldest: number; head: number } {
  const { oldest, head } = topicBounds(db, args.topic)
  return { oldest, head }
}

function topicBounds(db: DatabaseSync, name: string): { id: number | undefined; oldest: number; head: number } {
  const row = db.prepare('SELECT id, oldest, head FROM topics WHERE name = ?').get(name)
  if (row === undefined) return { id: undefined, oldest: 1, head: 0 }
  return { id: Number(row['id']), oldest: Number(row['oldest']), head: Number(row['head']) }
}
