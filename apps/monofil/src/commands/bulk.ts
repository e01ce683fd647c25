import type { ControlFilter, MonofilClient } from '@monofil/client'
import { RUN_STATUSES, type RunStatus } from '@monofil/protocol'
import { CommandError } from '../command-error.ts'
import type { CommandSpec } from '../command-spec.ts'
import type { Context, Flags } from '../context.ts'
import { formatCount } from '../format.ts'

/** What can be asked of many runs at once. */
export type BulkAction = 'pause' | 'resume' | 'cancel' | 'retry' | 'delete'

/** The flags by which many runs are named. */
export const BULK_OPTIONS: CommandSpec['options'] = [
  { syntax: '--status <status...>', description: `all runs in these states: ${RUN_STATUSES.join(', ')}` },
  { syntax: '--workflow <name>', description: 'all runs of this workflow' },
  { syntax: '--tag <tag>', description: 'all runs with this tag' },
  { syntax: '--owner <sub>', description: 'all runs of this user' },
  { syntax: '--key <key>', description: 'all runs with this key' },
  { syntax: '--q <text>', description: 'all runs with this text in id, workflow, key or tags' },
  { syntax: '--since <time>', description: 'all runs made at this time or later, as 2026-01-31 or in full' },
  { syntax: '--until <time>', description: 'all runs made at this time or before' },
  { syntax: '--yes', description: 'do not ask before many runs are changed' },
]

const DONE: Readonly<Record<BulkAction, string>> = {
  pause: 'Paused',
  resume: 'Resumed',
  cancel: 'Cancelled',
  retry: 'Retried',
  delete: 'Deleted',
}

/** The runs that the flags name; undefined when they name none. @throws CommandError for values that are none. */
export function bulkFilterOf(flags: Flags): ControlFilter | undefined {
  const text = (name: string): string | undefined => (typeof flags[name] === 'string' ? flags[name] : undefined)
  const filter = {
    status: Array.isArray(flags['status']) ? flags['status'].map(statusOf) : undefined,
    workflow: text('workflow'),
    tag: text('tag'),
    owner: text('owner'),
    key: text('key'),
    q: text('q'),
    since: timeOf('since', text('since')),
    until: timeOf('until', text('until')),
  }
  return Object.values(filter).every((value) => value === undefined) ? undefined : filter
}

function statusOf(value: unknown): RunStatus {
  const status = RUN_STATUSES.find((known) => known === value)
  if (status !== undefined) return status
  throw wrong(`--status: ${JSON.stringify(value)} is not one of ${RUN_STATUSES.join(', ')}.`)
}

function timeOf(name: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const ms = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(ms)) throw wrong(`--${name}: ${JSON.stringify(text)} is no time such as 2026-01-31T12:00:00Z.`)
  return new Date(ms).toISOString()
}

function wrong(message: string): CommandError {
  return new CommandError(message, { exitCode: 2 })
}

/** Counts, asks, and does it to all of them, a thousand a call. Answers the exit code. */
export async function controlRuns(
  context: Context,
  client: MonofilClient,
  asked: { readonly action: BulkAction; readonly filter: ControlFilter; readonly flags: Flags },
): Promise<number> {
  const { action, filter, flags } = asked
  const count = (await inPages(client, { action, filter, dryRun: true })).matched
  if (count > 0 && !(await askFor(context, flags, { action, count }))) return 1
  const request = { action, filter, hard: flags['hard'] === true, force: flags['force'] === true }
  const { done, failed } = count === 0 ? { done: 0, failed: [] } : await inPages(client, request)
  if (context.json) context.print(JSON.stringify({ action, matched: count, done, failed }))
  else if (count === 0) context.print(`No run under this filter can be ${DONE[action].toLowerCase()}.`)
  else context.print(`${DONE[action]} ${runs(done)}.`)
  for (const { id, code, state } of context.json ? [] : failed) {
    const because = state === undefined ? code : `it is ${state}`
    context.io.stderr.write(`${context.paint.status('failed')('Error:')} ${action} ${id}: ${because}\n`)
  }
  return failed.length === 0 ? 0 : 1
}

type Sum = Pick<Awaited<ReturnType<MonofilClient['api']['runs']['controlMany']>>, 'matched' | 'done' | 'failed'>

async function inPages(
  client: MonofilClient,
  request: Parameters<MonofilClient['api']['runs']['controlMany']>[0],
): Promise<Sum> {
  let sum: Sum = { matched: 0, done: 0, failed: [] }
  for (let cursor: string | undefined; ; ) {
    const page = await client.api.runs.controlMany({ ...request, cursor })
    sum = {
      matched: sum.matched + page.matched,
      done: sum.done + page.done,
      failed: [...sum.failed, ...page.failed],
    }
    if (page.nextCursor === null) return sum
    cursor = page.nextCursor
  }
}

/**
 * Asks whether so many runs are to be changed, on a terminal; `--yes` is the answer elsewhere.
 * @throws CommandError when nobody can be asked.
 */
export async function askFor(
  context: Context,
  flags: Flags,
  { action, count }: { readonly action: BulkAction; readonly count: number },
): Promise<boolean> {
  if (flags['yes'] === true) return true
  const { stdin, stderr, stdout } = context.io
  if (context.json || stdin.isTTY !== true || stdout.isTTY !== true) {
    throw wrong(`This would ${action} ${runs(count)}, and nobody is there to ask: add --yes if that is meant.`)
  }
  const question = `${action[0]?.toUpperCase()}${action.slice(1)} ${runs(count)}?`
  stderr.write(`${context.paint.strong(question)} [y/N] `)
  for await (const chunk of stdin) {
    if (/^y(es)?$/i.test(String(chunk).trim())) return true
    break
  }
  stderr.write('Nothing was changed.\n')
  return false
}

function runs(count: number): string {
  return count === 1 ? '1 run' : `${formatCount(count)} runs`
}
