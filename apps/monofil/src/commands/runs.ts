import type { Run } from '@monofil/protocol'
import { RUN_STATUSES, type RunStatus } from '@monofil/protocol'
import { describeDone } from '../bar.ts'
import { CommandError } from '../command-error.ts'
import { type CommandSpec, HUB_SETTINGS } from '../command-spec.ts'
import type { Context, Flags } from '../context.ts'
import { formatPercent } from '../format.ts'
import { withClient } from '../hub-client.ts'
import { STATUS_LOOKS } from '../paint.ts'

const DEFAULT_LIMIT = '20'

/** `monofil runs`: the newest runs, one a line. */
export const runsCommand: CommandSpec = {
  name: 'runs',
  description: 'list runs, newest first',
  arguments: [],
  settings: HUB_SETTINGS,
  options: [
    { syntax: '--status <status...>', description: `only in these states: ${RUN_STATUSES.join(', ')}` },
    { syntax: '--workflow <name>', description: 'only of this workflow' },
    { syntax: '--q <text>', description: 'only with this text in id, workflow, key or tags' },
    { syntax: '--limit <n>', description: `how many, 1 to 200 (default ${DEFAULT_LIMIT})` },
    { syntax: '--cursor <cursor>', description: 'go on where the last page ended' },
  ],
  examples: ['monofil runs --status running paused', 'monofil runs --workflow photos --limit 5 --json'],
  async action(context, _args, flags) {
    const filter = readFilter(flags)
    const page = await withClient(context, (client) => client.api.runs.list(filter))
    if (context.json) {
      context.print(JSON.stringify(page))
      return 0
    }
    for (const run of page.items) context.print(describeRun(run, context))
    if (page.items.length === 0) context.print('No runs. Start one with: monofil run WORKFLOW --follow')
    if (page.nextCursor !== null) context.print(context.paint.faint(`More: --cursor ${page.nextCursor}`))
    return 0
  },
}

function readFilter(flags: Flags) {
  const limit = Number(text(flags, 'limit') ?? DEFAULT_LIMIT)
  if (!Number.isInteger(limit) || limit < 1 || limit > 200) {
    throw new CommandError(`--limit: ${JSON.stringify(flags['limit'])} is not a whole number from 1 to 200.`, {
      exitCode: 2,
    })
  }
  const status = Array.isArray(flags['status']) ? flags['status'].map(readStatus) : undefined
  return { limit, status, workflow: text(flags, 'workflow'), q: text(flags, 'q'), cursor: text(flags, 'cursor') }
}

function readStatus(value: unknown): RunStatus {
  const status = RUN_STATUSES.find((known) => known === value)
  if (status !== undefined) return status
  throw new CommandError(`--status: ${JSON.stringify(value)} is not one of ${RUN_STATUSES.join(', ')}.`, {
    exitCode: 2,
  })
}

function text(flags: Flags, name: string): string | undefined {
  const value = flags[name]
  return typeof value === 'string' ? value : undefined
}

/** A run as one line of the list. */
export function describeRun(run: Run, context: Pick<Context, 'paint'>): string {
  const colour = context.paint.status(run.status)
  const state = colour(`${STATUS_LOOKS[run.status].icon} ${run.status.padEnd(9)}`)
  const percent = formatPercent(run.progress).padStart(7)
  const at = context.paint.faint(run.createdAt.replace('T', ' ').slice(0, 19))
  return `${state}  ${percent}  ${at}  ${run.workflow}  ${run.id}  ${describeDone(run)}`
}
