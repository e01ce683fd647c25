import type { DeliveryState } from '@monofil/protocol'
import { type DeliveryInput, nextDelivery } from '../../notifications/delivery-state.ts'
import type { PushLease, PushOutcome } from '../../seams/notification-store.ts'
import { NoticeBook } from '../notice-book.ts'
import { itemView } from '../notice-rows.ts'
import { number, type SqlRow, text } from '../run-sql.ts'
import type { Tx } from '../tx.ts'

const LOST = 'the process that tried it is gone, or took too long'

/**
 * Takes pushes that are due. One that is tried again keeps its user's later ones waiting, so that they come in order; one
 * that waits for quiet hours to end does not.
 */
export function notificationsTakePushes(
  tx: Tx,
  { max, leaseMs }: { readonly max: number; readonly leaseMs: number },
): readonly PushLease[] {
  const book = new NoticeBook(tx)
  const rows = book.sql.all(
    `SELECT * FROM pushes p WHERE p.due <= ?1 AND NOT EXISTS (SELECT 1 FROM pushes o WHERE o.person = p.person
       AND o.state IN ('pending', 'sending') AND o.id < p.id AND (o.attempts > 0 OR o.due <= ?1)) ORDER BY p.due LIMIT ?2`,
    tx.now,
    max,
  )
  const taken = rows.flatMap((row) => take(book, row, tx.now + leaseMs))
  book.close()
  return taken
}

function take(book: NoticeBook, row: SqlRow, until: number): readonly PushLease[] {
  const person = book.personOf(number(row, 'person'))
  const notice = book.notice(number(row, 'notice'))
  const place = book.rowOf(person, notice)
  // Read, it is seen too.
  if (place === undefined || place.outcome !== 'inbox' || place.seenAt !== null || notice.state !== 'sent') {
    move(book, row, { input: 'skip', due: null, error: null })
    return []
  }
  const attempt = number(row, 'attempts') + 1
  if (attempt > book.tx.rules.pushAttempts) {
    move(book, row, { input: 'fail', due: null, error: LOST })
    return []
  }
  if (row['state'] === 'pending') move(book, row, { input: 'take', due: until, error: null })
  book.sql.run('UPDATE pushes SET attempts = ?, due = ? WHERE id = ?', attempt, until, number(row, 'id'))
  book.sql.run('UPDATE notices SET attempts = max(attempts, ?) WHERE seq = ?', attempt, notice.seq)
  const item = itemView(notice, place, person.preferences.language)
  return [{ id: number(row, 'id'), sub: person.sub, attempt, item }]
}

/** Records what became of pushes. */
export function notificationsSettlePushes(tx: Tx, outcomes: readonly PushOutcome[]): void {
  const book = new NoticeBook(tx)
  for (const outcome of outcomes) settle(book, outcome)
  book.close()
}

function settle(book: NoticeBook, outcome: PushOutcome): void {
  const row = book.sql.get('SELECT * FROM pushes WHERE id = ?', outcome.id)
  if (row?.['state'] !== 'sending' || number(row, 'attempts') !== outcome.attempt) return
  move(book, row, moveOf(outcome, book.tx))
}

interface Move {
  readonly input: DeliveryInput
  readonly due: number | null
  readonly error: string | null
}

function moveOf(outcome: PushOutcome, { rules, now }: Tx): Move {
  switch (outcome.kind) {
    case 'sent':
      return { input: 'accept', due: null, error: null }
    case 'skipped':
      return { input: 'skip', due: null, error: null }
    case 'failed':
      return { input: 'fail', due: null, error: outcome.error }
    case 'retry': {
      const { error, attempt } = outcome
      if (attempt >= rules.pushAttempts) return { input: 'fail', due: null, error }
      const delay = outcome.afterMs ?? rules.pushBackoffMs * 2 ** (attempt - 1)
      return { input: 'hand_back', due: now + delay, error }
    }
  }
}

function move(book: NoticeBook, row: SqlRow, { input, due, error }: Move): void {
  const from = text(row, 'state') as DeliveryState
  const to = nextDelivery(from, input)
  if (to === null) return
  const sql = 'UPDATE pushes SET state = ?, due = ?, last_error = coalesce(?, last_error) WHERE id = ?'
  book.sql.run(sql, to, due, error, number(row, 'id'))
  const notice = number(row, 'notice')
  if (error !== null) book.sql.run('UPDATE notices SET last_error = ? WHERE seq = ?', error, notice)
  book.counted(notice, 'push', { from, to })
}
