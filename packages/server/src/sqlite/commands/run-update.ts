import type { Run } from '@monofil/protocol'
import { MonofilError } from '@monofil/protocol'
import { RunBook } from '../run-book.ts'
import { readRun } from '../run-rows.ts'
import { putTags, searchText } from '../run-tags.ts'
import type { Tx } from '../tx.ts'

/** Changes a run's budget or tags. @throws `not_found`. */
export function runsUpdate(
  tx: Tx,
  args: {
    readonly id: string
    readonly patch: { readonly budgetJson?: string | null | undefined; readonly tags?: readonly string[] | undefined }
  },
): Run {
  const { sql, ...found } = findRun(tx, args.id)
  const { seq } = found.run
  const { budgetJson, tags } = args.patch
  if (budgetJson !== undefined) sql.run('UPDATE runs SET budget = ? WHERE seq = ?', budgetJson, seq)
  if (tags !== undefined) {
    putTags(sql, seq, tags)
    sql.run('UPDATE runs SET search = ? WHERE seq = ?', searchText(found.run, tags), seq)
  }
  if (budgetJson !== undefined || tags !== undefined) tx.runChanged(args.id)
  return readRun(tx.db, args.id, { epoch: tx.epoch }) ?? missing(args.id)
}

function findRun(tx: Tx, id: string) {
  const book = new RunBook(tx)
  return { sql: book.sql, run: book.find(id) ?? missing(id) }
}

function missing(id: string): never {
  throw new MonofilError('not_found', `there is no run ${id}`, { runId: id })
}
