import type { Connection } from './database.ts'

/** Topics whose heads stay in memory between groups; one is about 200 bytes. */
const MAX_REMEMBERED = 20_000

/** What is known of one topic's log; `oldestAt` is null where nothing is held. */
export interface TopicRow {
  readonly id: number
  readonly name: string
  head: number
  oldest: number
  bytes: number
  oldestAt: number | null
}

/**
 * The writer's view of all logs. Heads are kept in memory, since this connection alone moves them, and written once
 * per group: `flush` before the commit, `forget` after a rollback.
 */
export class TopicLog {
  readonly #db: Connection
  readonly #known = new Map<string, TopicRow>()
  readonly #changed = new Set<TopicRow>()

  constructor(db: Connection) {
    this.#db = db
  }

  /** The topic, made if it was never written. */
  open(name: string): TopicRow {
    const known = this.#known.get(name)
    if (known !== undefined) return known
    const row = this.find(name) ?? this.#create(name)
    if (this.#known.size >= MAX_REMEMBERED && this.#changed.size === 0) this.#known.clear()
    this.#known.set(name, row)
    return row
  }

  find(name: string): TopicRow | undefined {
    const known = this.#known.get(name)
    if (known !== undefined) return known
    const sql = 'SELECT id, name, head, oldest, bytes, oldest_at AS oldestAt FROM topics WHERE name = ?'
    return this.#db.prepare(sql).get(name) as TopicRow | undefined
  }

  #create(name: string): TopicRow {
    const sql = 'INSERT INTO topics (name, head, oldest, bytes, oldest_at) VALUES (?, 0, 1, 0, NULL)'
    const { lastInsertRowid } = this.#db.prepare(sql).run(name)
    return { id: Number(lastInsertRowid), name, head: 0, oldest: 1, bytes: 0, oldestAt: null }
  }

  /** Takes the topic's next offset. Whoever takes one writes it in the same group: a log has no holes. */
  take(topic: TopicRow, at: number): number {
    topic.head += 1
    topic.oldestAt ??= at
    this.#changed.add(topic)
    return topic.head
  }

  write(
    topic: TopicRow,
    offset: number,
    event: { readonly type: string; readonly data: string; readonly at: number },
  ): void {
    const sql = 'INSERT INTO events (topic_id, offset, type, data, at) VALUES (?, ?, ?, ?, ?)'
    this.#db.prepare(sql).run(topic.id, offset, event.type, event.data, event.at)
    topic.bytes += Buffer.byteLength(event.data)
  }

  /** Puts another event in the place of one, if it is still held. */
  rewrite(name: string, offset: number, with_: (dataJson: string) => { type: string; data: string }): void {
    const topic = this.open(name)
    const row = this.#db.prepare('SELECT data FROM events WHERE topic_id = ? AND offset = ?').get(topic.id, offset)
    if (row === undefined) return
    const before = String(row['data'])
    const { type, data } = with_(before)
    const sql = 'UPDATE events SET type = ?, data = ? WHERE topic_id = ? AND offset = ?'
    this.#db.prepare(sql).run(type, data, topic.id, offset)
    topic.bytes += Buffer.byteLength(data) - Buffer.byteLength(before)
    this.#changed.add(topic)
  }

  /** After events below `oldest` were deleted from a topic. */
  trimmed(
    topic: TopicRow,
    now: { readonly oldest: number; readonly bytes: number; readonly oldestAt: number | null },
  ): void {
    topic.oldest = now.oldest
    topic.bytes = now.bytes
    topic.oldestAt = now.oldestAt
    this.#changed.add(topic)
  }

  /** Gives a log up: gone from sight now, deleted in slices by the retention. */
  giveUp(name: string): void {
    const topic = this.find(name)
    if (topic === undefined) return
    this.#changed.delete(topic)
    this.#known.delete(name)
    this.#db.prepare("UPDATE topics SET name = '~' || id WHERE id = ?").run(topic.id)
  }

  /** Writes the heads that moved; the same group sees them in SQL from here on. */
  flush(): void {
    if (this.#changed.size === 0) return
    const update = this.#db.prepare('UPDATE topics SET head = ?, oldest = ?, bytes = ?, oldest_at = ? WHERE id = ?')
    for (const topic of this.#changed) update.run(topic.head, topic.oldest, topic.bytes, topic.oldestAt, topic.id)
    this.#changed.clear()
  }

  /** After a rollback: what is in memory may be ahead of the file. */
  forget(): void {
    this.#known.clear()
    this.#changed.clear()
  }
}
