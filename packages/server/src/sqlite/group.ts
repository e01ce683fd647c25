import { type KpiChange, MonofilError, type Revocation, type Run } from '@monofil/protocol'
import type { NoticeRules } from '../notifications/rules.ts'
import { commands, runReader } from './commands.ts'
import type { Connection } from './database.ts'
import { asStoreError, type PackedError, packError } from './errors.ts'
import { type FlatEvents, GroupTx } from './group-tx.ts'
import type { TopicLog } from './topic-log.ts'

/** Calls that arrived while the last group was in flight: method and arguments in turn. Flat, since it is copied. */
export interface GroupRequest {
  readonly now: number
  readonly monotonic: number
  readonly calls: readonly unknown[]
}

/** What one commit did, for those who listen. */
export interface GroupCommit {
  readonly seq: number
  readonly nowIso: string
  readonly events: FlatEvents
  readonly runs: readonly Run[]
  readonly removedRuns: readonly string[]
  readonly work: boolean
  readonly revoked: readonly number[]
  readonly revocations: readonly Revocation[]
  readonly kpis: readonly KpiChange[]
}

/** The answers of calls that shared a transaction; `commit` is null where nothing was written. */
export interface GroupAnswer {
  /** Index of the first call in the request; the others follow. */
  readonly first: number
  /** One per call; undefined where the call was refused. */
  readonly answers: readonly unknown[]
  readonly refused: readonly { readonly index: number; readonly error: PackedError }[]
  readonly commit: GroupCommit | null
}

interface AnyWrite {
  readonly run: (tx: GroupTx, args: never) => unknown
  readonly finish: ((answer: never, runs: ReadonlyMap<string, Run>) => unknown) | undefined
}

interface Call {
  readonly method: string
  readonly args: unknown
}

/** What a group needs of its thread. */
export interface GroupHost {
  readonly db: Connection
  readonly log: TopicLog
  readonly epoch: string
  /** Left out: the defaults. */
  readonly rules?: NoticeRules | undefined
  /** The number of the last commit; a group that commits raises it by one. */
  commitSeq: number
  /** Called after each commit, before anyone is told of it. */
  readonly committed: (seq: number) => void
}

/**
 * Runs the calls in one transaction. A call refused before its first write is refused alone. When anything else
 * fails, everything is rolled back and each call is tried again in a transaction of its own, so that no caller fails
 * for another.
 */
export function runGroup(host: GroupHost, request: GroupRequest): GroupAnswer[] {
  const calls: Call[] = []
  for (let i = 0; i < request.calls.length; i += 2) {
    calls.push({ method: request.calls[i] as string, args: request.calls[i + 1] })
  }
  if (calls.length > 1) {
    try {
      return [runTogether(host, request, { calls, first: 0 })]
    } catch {
      // Which of them it was shows when each runs alone.
    }
  }
  return calls.map((call, first) => {
    try {
      return runTogether(host, request, { calls: [call], first })
    } catch (error) {
      return refuseAll({ calls: [call], first }, error)
    }
  })
}

function refuseAll(part: Part, error: unknown): GroupAnswer {
  const refused = part.calls.map((call, index) => ({ index, error: packError(asStoreError(error, call.method)) }))
  return { first: part.first, answers: part.calls.map(() => undefined), refused, commit: null }
}

type Part = { readonly calls: readonly Call[]; readonly first: number }

function runTogether(host: GroupHost, request: GroupRequest, part: Part): GroupAnswer {
  const { db, epoch } = host
  const commitSeq = host.commitSeq + 1
  const { now, monotonic } = request
  const tx = new GroupTx(db, host.log, { now, monotonic, epoch, commitSeq, rules: host.rules })
  try {
    db.prepare('BEGIN IMMEDIATE').run()
  } catch (error) {
    // Someone else holds the file: each call alone would wait as long again.
    return refuseAll(part, error)
  }
  let answer: GroupAnswer
  try {
    answer = { first: part.first, ...runCalls(tx, part.calls) }
    db.prepare(answer.commit === null ? 'ROLLBACK' : 'COMMIT').run()
  } catch (error) {
    host.log.forget()
    // SQLite has already rolled back by itself after some errors, a full disk among them.
    if (db.isTransaction) db.prepare('ROLLBACK').run()
    throw error
  }
  if (answer.commit !== null) {
    host.commitSeq = commitSeq
    host.committed(commitSeq)
  }
  return answer
}

function runCalls(tx: GroupTx, calls: readonly Call[]): Omit<GroupAnswer, 'first'> {
  const answers: unknown[] = []
  const refused: { index: number; error: PackedError }[] = []
  const begun = tx.mark()
  for (const [index, call] of calls.entries()) {
    const before = tx.mark()
    try {
      answers.push(writeOf(call.method).run(tx, call.args as never))
    } catch (error) {
      if (!(error instanceof MonofilError) || tx.mark() !== before) throw error
      answers.push(undefined)
      refused.push({ index, error: packError(error) })
    }
  }
  if (tx.mark() === begun) return { answers, refused, commit: null }
  const runs = tx.end(runReader)
  const last = answers.map((answer, i) => finished(calls[i]?.method, answer, runs))
  return { answers: last, refused, commit: commitOf(tx, runs) }
}

function finished(method: string | undefined, answer: unknown, runs: ReadonlyMap<string, Run>): unknown {
  const { finish } = writeOf(method)
  return finish === undefined || answer === undefined ? answer : finish(answer as never, runs)
}

function writeOf(method: string | undefined): AnyWrite {
  const command = (commands as Readonly<Record<string, { readonly kind: string }>>)[method ?? '']
  if (command?.kind !== 'write') throw new TypeError(`there is no write command ${method}`)
  return command as { readonly kind: string } & AnyWrite
}

function commitOf(tx: GroupTx, runs: ReadonlyMap<string, Run>): GroupCommit {
  return {
    seq: tx.commitSeq,
    nowIso: tx.nowIso,
    events: tx.events,
    runs: [...runs.values()],
    removedRuns: [...tx.removedRuns],
    work: tx.work,
    revoked: tx.revoked,
    revocations: tx.revocations,
    kpis: tx.kpis,
  }
}
