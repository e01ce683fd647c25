import type { Run } from '@monofil/protocol'
import { logAppend, logForgetIds } from './commands/log-append.ts'
import { logBounds, logRead } from './commands/log-read.ts'
import { logTrim, trimCandidates } from './commands/log-trim.ts'
import { workflowsGet, workflowsList, workflowsRegister } from './commands/workflows.ts'
import type { Connection } from './database.ts'
import type { GroupTx, RunReader } from './group-tx.ts'
import { readItems, readRun } from './run-rows.ts'
import type { ReadContext } from './tx.ts'

/** A command that changes something; `finish` may correct its answer by what is true at the end of the group. */
interface Write<A, R> {
  readonly kind: 'write'
  readonly run: (tx: GroupTx, args: A) => R
  readonly finish: ((answer: R, runs: ReadonlyMap<string, Run>) => R) | undefined
}

interface Read<A, R> {
  readonly kind: 'read'
  readonly run: (db: Connection, args: A, context: ReadContext) => R
}

function write<A, R>(run: Write<A, R>['run'], finish?: Write<A, R>['finish']): Write<A, R> {
  return { kind: 'write', run, finish }
}

function read<A, R>(run: Read<A, R>['run']): Read<A, R> {
  return { kind: 'read', run }
}

/** Every command of the store by its name on the way to the threads. */
export const commands = {
  'log.append': write(logAppend),
  'log.read': read(logRead),
  'log.bounds': read(logBounds),
  'log.trimCandidates': read(trimCandidates),
  'log.trim': write(logTrim),
  'log.forgetIds': write(logForgetIds),
  'workflows.register': write(workflowsRegister),
  'workflows.get': read(workflowsGet),
  'workflows.list': read(workflowsList),
}

type Table = typeof commands

/** Names of the commands of one kind. */
export type MethodOf<K extends 'read' | 'write'> = {
  [M in keyof Table]: Table[M] extends { readonly kind: K } ? M : never
}[keyof Table]

export type ArgsOf<M extends keyof Table> = Parameters<Table[M]['run']>[1]
export type AnswerOf<M extends keyof Table> = ReturnType<Table[M]['run']>

/** How the end of a group reads changed runs and items. */
export const runReader: RunReader = { readRun, readItems }
