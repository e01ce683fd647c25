import type { WorkStore } from '../../seams/store.ts'
import { RunBook } from '../run-book.ts'
import { RunFeed } from '../run-feed.ts'
import { drive, LEASED } from '../run-leases.ts'
import { number } from '../run-sql.ts'
import type { Tx } from '../tx.ts'

type Elements = Parameters<WorkStore['feed']>[0]

/** Makes items of a list's next elements; false when the lease is gone: nothing of them is kept. */
export function workFeed(tx: Tx, { fence, from, elementsJson }: Elements): boolean {
  const book = new RunBook(tx)
  const row = book.sql.get(`${LEASED} WHERE l.fence = ?`, fence)
  if (row === undefined) return false
  const run = book.open(number(row, 'run'))
  const source = run.steps[number(row, 'step')]
  if (source === undefined || source.plan.each !== null) return false
  new RunFeed(book, run).add(source, from, elementsJson)
  drive(book)
  return true
}
