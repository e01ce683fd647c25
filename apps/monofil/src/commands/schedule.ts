import type { NewSchedule } from '@monofil/client'
import { MonofilError, SCHEDULE_MISSED, SCHEDULE_OVERLAPS } from '@monofil/protocol'
import { CommandError } from '../command-error.ts'
import { type CommandSpec, HUB_SETTINGS } from '../command-spec.ts'
import type { Flags } from '../context.ts'
import { withClient } from '../hub-client.ts'
import { readJsonArgument } from '../json-argument.ts'
import { describeSchedule, spaced } from './schedules.ts'

/** `monofil schedule WORKFLOW`: runs of it that begin by the clock. */
export const scheduleCommand: CommandSpec = {
  name: 'schedule',
  description: 'start runs of a workflow by the clock: again and again, or once',
  arguments: [{ syntax: '<workflow>', description: 'name of the workflow' }],
  settings: HUB_SETTINGS,
  options: [
    { syntax: '--cron <expression>', description: 'when: "minute hour day month weekday", or a word such as @daily' },
    { syntax: '--timezone <zone>', description: 'where the cron is read, such as Europe/Berlin (default UTC)' },
    { syntax: '--at <time>', description: 'once, at this time: 2026-12-24T18:00:00+01:00, or in a time: 30s, 15m, 2h' },
    {
      syntax: '--input <json>',
      description: 'the input of its runs: JSON, @file, or - for standard input (default {})',
    },
    { syntax: '--id <id>', description: 'id of the schedule; the same again with the same words answers it' },
    { syntax: '--key <key>', description: 'the key of its runs; a workflow may allow one active run per key' },
    { syntax: '--tag <tag...>', description: 'tags of its runs, beside schedule:ID' },
    { syntax: '--overlap <what>', description: 'while its last run is open: skip a tick, or allow it (default skip)' },
    { syntax: '--missed <what>', description: 'after a downtime: one run for the newest tick, or none (default one)' },
  ],
  examples: [
    `monofil schedule matching --cron '30 2 * * *' --timezone Europe/Berlin --id nightly`,
    `monofil schedule photos --at 2h --input '{"folder":"./photos"}'`,
  ],
  async action(context, [workflow = ''], flags) {
    const times = timesOf(flags, Date.now())
    const input =
      typeof flags['input'] === 'string' ? await readJsonArgument(flags['input'], context.io, '--input') : {}
    const asked: NewSchedule = { workflow, input, ...times, ...restOf(flags) }
    return withClient(context, async (client) => {
      const schedule = await client.api.schedules.create(asked).catch(explain)
      if (context.json) {
        context.print(JSON.stringify(schedule))
        return 0
      }
      context.print(describeSchedule(schedule, context))
      for (const at of schedule.upcoming.slice(1)) context.print(context.paint.faint(`  then ${spaced(at)}`))
      return 0
    })
  },
}

function timesOf(flags: Flags, now: number): Pick<NewSchedule, 'cron' | 'timezone' | 'at'> {
  const { cron, timezone, at } = flags
  if ((typeof cron === 'string') === (typeof at === 'string')) {
    throw new CommandError('A schedule has --cron or --at, one of the two.', { exitCode: 2 })
  }
  if (typeof at === 'string') {
    if (timezone === undefined) return { at: readTime(at, now) }
    throw new CommandError('--timezone is for --cron; a time has its own offset.', { exitCode: 2 })
  }
  return { cron: String(cron), ...(typeof timezone === 'string' ? { timezone } : {}) }
}

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** A time, or how long from now. A time without an offset is one of this machine's clock. */
export function readTime(text: string, now: number): string {
  const [, count, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? []
  const ms = count === undefined ? timeOf(text) : now + Number(count) * (UNITS[unit] ?? 0)
  if (!Number.isNaN(ms)) return new Date(ms).toISOString()
  throw new CommandError(
    `--at: ${JSON.stringify(text)} is no time such as 2026-12-24T18:00:00+01:00, and no span such as 30s, 15m, 2h, 1d.`,
    { exitCode: 2 },
  )
}

function timeOf(text: string): number {
  return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(text) ? Date.parse(text) : Number.NaN
}

function restOf(flags: Flags): Pick<NewSchedule, 'id' | 'key' | 'tags' | 'overlap' | 'missed'> {
  const { id, key, tag } = flags
  const overlap = wordOf(flags, 'overlap', SCHEDULE_OVERLAPS)
  const missed = wordOf(flags, 'missed', SCHEDULE_MISSED)
  return {
    ...(typeof id === 'string' ? { id } : {}),
    ...(typeof key === 'string' ? { key } : {}),
    ...(Array.isArray(tag) ? { tags: tag.map(String) } : {}),
    ...(overlap === undefined ? {} : { overlap }),
    ...(missed === undefined ? {} : { missed }),
  }
}

function wordOf<T extends string>(flags: Flags, name: string, words: readonly T[]): T | undefined {
  const value = flags[name]
  if (value === undefined) return undefined
  const word = words.find((known) => known === value)
  if (word !== undefined) return word
  throw new CommandError(`--${name}: ${JSON.stringify(value)} is not one of ${words.join(', ')}.`, { exitCode: 2 })
}

function explain(error: unknown): never {
  if (MonofilError.is(error) && error.code === 'unknown_workflow') {
    const words = `${error.message} Is its file named by --workflows of monofil start or monofil worker?`
    throw new CommandError(words, { cause: error })
  }
  throw error
}
