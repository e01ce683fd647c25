import { SCHEDULE_STATUSES, type Schedule, type ScheduleStatus } from '@monofil/protocol'
import { CommandError } from '../command-error.ts'
import { type CommandSpec, HUB_SETTINGS } from '../command-spec.ts'
import type { Context, Flags } from '../context.ts'
import { withClient } from '../hub-client.ts'
import { oneLine } from '../summary.ts'

const DEFAULT_LIMIT = '50'

/** `monofil schedules`: what begins by the clock, one a line. */
export const schedulesCommand: CommandSpec = {
  name: 'schedules',
  description: 'list schedules, newest first',
  arguments: [],
  settings: HUB_SETTINGS,
  options: [
    { syntax: '--status <status...>', description: `only in these states: ${SCHEDULE_STATUSES.join(', ')}` },
    { syntax: '--workflow <name>', description: 'only of this workflow' },
    { syntax: '--limit <n>', description: `how many, 1 to 200 (default ${DEFAULT_LIMIT})` },
    { syntax: '--cursor <cursor>', description: 'go on where the last page ended' },
  ],
  examples: ['monofil schedules', 'monofil schedules --status paused ended --json'],
  async action(context, _args, flags) {
    const filter = readFilter(flags)
    const page = await withClient(context, (client) => client.api.schedules.list(filter))
    if (context.json) {
      context.print(JSON.stringify(page))
      return 0
    }
    const wide = widthsOf(page.items)
    for (const schedule of page.items) {
      context.print(describeSchedule(schedule, context, wide))
      const { lastProblem: problem } = schedule
      if (problem !== null) {
        context.print(context.paint.warn(`  ${spaced(problem.at)}: ${problem.code}: ${oneLine(problem.message)}`))
      }
    }
    if (page.items.length === 0) context.print("No schedules. Make one with: monofil schedule WORKFLOW --cron '@daily'")
    if (page.nextCursor !== null) context.print(context.paint.faint(`More: --cursor ${page.nextCursor}`))
    return 0
  },
}

function readFilter(flags: Flags) {
  const { limit = DEFAULT_LIMIT, status, workflow, cursor } = flags
  const count = Number(limit)
  if (!Number.isInteger(count) || count < 1 || count > 200) {
    throw new CommandError(`--limit: ${JSON.stringify(limit)} is not a whole number from 1 to 200.`, { exitCode: 2 })
  }
  return {
    limit: count,
    ...(Array.isArray(status) ? { status: status.map(readStatus) } : {}),
    ...(typeof workflow === 'string' ? { workflow } : {}),
    ...(typeof cursor === 'string' ? { cursor } : {}),
  }
}

function readStatus(value: unknown): ScheduleStatus {
  const status = SCHEDULE_STATUSES.find((known) => known === value)
  if (status !== undefined) return status
  throw new CommandError(`--status: ${JSON.stringify(value)} is not one of ${SCHEDULE_STATUSES.join(', ')}.`, {
    exitCode: 2,
  })
}

interface Widths {
  readonly id: number
  readonly workflow: number
  readonly when: number
}

function widthsOf(schedules: readonly Schedule[]): Widths {
  const longest = (texts: readonly string[]) => Math.min(40, Math.max(0, ...texts.map((text) => text.length)))
  return {
    id: longest(schedules.map(({ id }) => id)),
    workflow: longest(schedules.map(({ workflow }) => workflow)),
    when: longest(schedules.map(whenOf)),
  }
}

const LOOKS: Readonly<
  Record<ScheduleStatus, { readonly icon: string; readonly like: 'running' | 'paused' | 'queued' }>
> = {
  active: { icon: '●', like: 'running' },
  paused: { icon: '‖', like: 'paused' },
  ended: { icon: '○', like: 'queued' },
}

/** A schedule as one line of the list: state, id, workflow, when, and the next and the last time. */
export function describeSchedule(
  schedule: Schedule,
  { paint }: Pick<Context, 'paint'>,
  wide: Widths = { id: 0, workflow: 0, when: 0 },
): string {
  const { status, id, workflow, nextAt, lastAt, lastRunId } = schedule
  const { icon, like } = LOOKS[status]
  return [
    paint.status(like)(`${icon} ${status.padEnd(6)}`),
    id.padEnd(wide.id),
    workflow.padEnd(wide.workflow),
    whenOf(schedule).padEnd(wide.when),
    nextAt === null ? 'no next' : `next ${spaced(nextAt)}`,
    lastAt === null ? paint.faint('no run yet') : `last ${spaced(lastAt)} ${paint.faint(lastRunId ?? '')}`,
  ].join('  ')
}

function whenOf({ cron, timezone, at }: Schedule): string {
  return cron === null ? `once ${at === null ? '' : spaced(at)}` : `${cron} ${timezone}`
}

/** `2026-12-24 17:00:00Z`: UTC, to the second where it has no fraction. */
export function spaced(at: string): string {
  return at.replace('T', ' ').replace('.000Z', 'Z')
}
