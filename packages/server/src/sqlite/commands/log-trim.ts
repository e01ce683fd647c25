import type { DatabaseSync } from 'node:sqlite'
import { isReservedTopic } from '@monofil/protocol'
import type { GroupTx } from '../group-tx.ts'
import type { TopicRow } from '../topic-log.ts'

/** How many topics one look at the table covers, and what one slice deletes at most: no commit takes long. */
const TOPICS_PER_LOOK = 5_000
const SLICE_EVENTS = 1_000
const SLICE_BYTES = 4_000_000

/** Retention with its age turned into a moment. */
export interface TrimLimits {
  readonly before: number
  readonly maxCount: number
  readonly maxBytes: number
}

/** Topics of one look that hold more than they may, and where the next look begins; null after the last. */
export interface TrimCandidates {
  readonly topics: readonly string[]
  readonly next: number | null
}

/** Looks for topics to trim, from the topic id `from` on: application topics over their limits and logs given up. */
export function trimCandidates(db: DatabaseSync, args: { from: number; limits: TrimLimits }): TrimCandidates {
  const end = args.from + TOPICS_PER_LOOK
  const sql = `SELECT name FROM topics WHERE id >= ? AND id < ? AND (name GLOB '~*' OR (oldest <= head
    AND name NOT GLOB 'run:*' AND (oldest_at < ? OR head - oldest + 1 > ? OR bytes > ?))) ORDER BY id`
  const { before, maxCount, maxBytes } = args.limits
  const names = db
    .prepare(sql)
    .all(args.from, end, before, maxCount, maxBytes)
    .map((row) => String(row['name']))
  const more = db.prepare('SELECT 1 FROM topics WHERE id >= ? LIMIT 1').get(end)
  return { topics: names.filter((name) => !isReservedTopic(name)), next: more === undefined ? null : end }
}

/** What a slice did: how many events went, and whether the topic may still hold too much. */
export interface Trimmed {
  readonly count: number
  readonly more: boolean
}

/** Deletes from the oldest of one topic, one slice. The head stays: offsets are never used again. */
export function logTrim(tx: GroupTx, args: { topic: string; limits: TrimLimits }): Trimmed {
  const topic = tx.log.find(args.topic)
  if (topic === undefined || isReservedTopic(args.topic)) return { count: 0, more: false }
  if (args.topic.startsWith('~')) return deleteGivenUp(tx, topic)
  return trimTopic(tx, args.topic, args.limits)
}

/** Deletes from the oldest of one topic, one slice, whatever it means. */
export function trimTopic(tx: GroupTx, topic: string, limits: TrimLimits): Trimmed {
  const live = tx.log.open(topic)
  const cut = cutOf(tx, live, limits)
  if (cut.oldest === live.oldest) return { count: 0, more: false }
  const count = cut.oldest - live.oldest
  tx.db.prepare('DELETE FROM events WHERE topic_id = ? AND offset < ?').run(live.id, cut.oldest)
  tx.log.trimmed(live, cut)
  return { count, more: cut.more }
}

function cutOf(
  tx: GroupTx,
  topic: TopicRow,
  limits: TrimLimits,
): Omit<TopicRow, 'id' | 'name' | 'head'> & { more: boolean } {
  const sql = 'SELECT offset, octet_length(data) AS bytes, at FROM events WHERE topic_id = ? ORDER BY offset LIMIT ?'
  let { oldest, bytes } = topic
  let sliced = 0
  for (const row of tx.db.prepare(sql).all(topic.id, SLICE_EVENTS + 1)) {
    const at = Number(row['at'])
    const over = at < limits.before || topic.head - oldest + 1 > limits.maxCount || bytes > limits.maxBytes
    const full = oldest - topic.oldest >= SLICE_EVENTS || sliced >= SLICE_BYTES
    if (!over || full) return { oldest, bytes, oldestAt: at, more: over }
    oldest = Number(row['offset']) + 1
    bytes -= Number(row['bytes'])
    sliced += Number(row['bytes'])
  }
  return { oldest, bytes: Math.max(bytes, 0), oldestAt: null, more: false }
}

/** The log of a run that was deleted: no reader can name it, so its events go from either end. */
function deleteGivenUp(tx: GroupTx, topic: TopicRow): Trimmed {
  const sql = 'SELECT offset, octet_length(data) AS bytes FROM events WHERE topic_id = ? ORDER BY offset LIMIT ?'
  let sliced = 0
  for (const [i, row] of tx.db
    .prepare(sql)
    .all(topic.id, SLICE_EVENTS + 1)
    .entries()) {
    if (i < SLICE_EVENTS && sliced < SLICE_BYTES) {
      sliced += Number(row['bytes'])
      continue
    }
    tx.db.prepare('DELETE FROM events WHERE topic_id = ? AND offset < ?').run(topic.id, Number(row['offset']))
    return { count: 0, more: true }
  }
  tx.db.prepare('DELETE FROM events WHERE topic_id = ?').run(topic.id)
  tx.db.prepare('DELETE FROM topics WHERE id = ?').run(topic.id)
  return { count: 0, more: false }
}
