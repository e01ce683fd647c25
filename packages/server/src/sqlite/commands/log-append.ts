import type { GroupTx } from '../group-tx.ts'

/** How long a publisher's id is remembered (protocol 3). */
const ID_WINDOW_MS = 24 * 3_600_000

/** Four entries per event: topic, type, data, the publisher's id or null. Flat, since it is copied between threads. */
export type AppendArgs = (string | null)[]

/**
 * First how many of the group's other events came before, then one offset per event, negative where the id was known
 * and nothing was appended. The caller still has the data: nothing of it is sent back.
 */
export type AppendAnswer = number[]

/** Appends all in the order given; an id known for its topic answers the first offset instead. */
export function logAppend(tx: GroupTx, args: AppendArgs): AppendAnswer {
  const answer: AppendAnswer = [tx.events.length / 4]
  for (let i = 0; i < args.length; i += 4) {
    const topic = tx.log.open(args[i] as string)
    const id = args[i + 3]
    const known = id == null ? undefined : firstOffset(tx, topic.id, id)
    if (known !== undefined) {
      answer.push(-known)
      continue
    }
    const offset = tx.log.take(topic, tx.now)
    tx.log.write(topic, offset, { type: args[i + 1] as string, data: args[i + 2] as string, at: tx.now })
    if (id != null) remember(tx, topic.id, id, offset)
    answer.push(offset)
  }
  return answer
}

function firstOffset(tx: GroupTx, topicId: number, id: string): number | undefined {
  const sql = 'SELECT offset FROM publish_ids WHERE topic_id = ? AND id = ? AND at > ?'
  const row = tx.db.prepare(sql).get(topicId, id, tx.now - ID_WINDOW_MS)
  return row === undefined ? undefined : Number(row['offset'])
}

function remember(tx: GroupTx, topicId: number, id: string, offset: number): void {
  const sql = 'INSERT OR REPLACE INTO publish_ids (topic_id, id, offset, at) VALUES (?, ?, ?, ?)'
  tx.db.prepare(sql).run(topicId, id, offset, tx.now)
}

/** How many ids one slice forgets at most. */
const FORGET_SLICE = 2_000

/** Forgets ids that are out of their window, oldest first, one slice; answers whether there may be more. */
export function logForgetIds(tx: GroupTx): boolean {
  const rows = tx.db.prepare('SELECT seq, at FROM publish_ids ORDER BY seq LIMIT ?').all(FORGET_SLICE)
  const kept = rows.findIndex((row) => Number(row['at']) > tx.now - ID_WINDOW_MS)
  const last = rows[(kept < 0 ? rows.length : kept) - 1]
  if (last === undefined) return false
  tx.db.prepare('DELETE FROM publish_ids WHERE seq <= ?').run(Number(last['seq']))
  return kept < 0 && rows.length === FORGET_SLICE
}
