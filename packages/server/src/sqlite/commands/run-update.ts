import type { Run } from '@monofil/protocol'
import { MonofilError } from '@monofil/protocol'
import { RunBook } from '../run-book.ts'
import { readRun } from '../run-rows.ts'
import { putTags, searchText } from '../run-tags.ts'
import type { Tx } from '../tx.ts'

/** Changes a run's budget, which may end or begin a pause, or its tags. @throws `not_found`. */
export function runsUpdate(
  tx: Tx,
  args: {
    readonly id: string
    readonly patch: { readonly budgetJson?: string | null | undefined; readonly tags?: readonly string[] | undefined }
  },
): Run {
  const book = new RunBook(tx)
  const { sql } = book
  const run = book.find(args.id) ?? missing(args.id)
  const { budgetJson, tags } = args.patch
  // Another budget may hold the run, or let it go on: the book sees to it as it is closed.
  if (budgetJson !== undefined) run.budgetJson = budgetJson
  if (tags !== undefined) {
    putTags(sql, run.seq, tags)
    sql.run('UPDATE runs SET search = ? WHERE seq = ?', searchText(run, tags), run.seq)
    tx.runChanged(args.id)
  }
  book.close()
  return readRun(tx.db, args.id, { epoch: tx.epoch }) ?? missing(args.id)
}

function missing(id: string): never {
  throw new MonofilError('not_found', `there is no run ${id}`, { runId: id })
}
