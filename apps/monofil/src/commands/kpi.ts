import type { Kpi } from '@monofil/protocol'
import { CommandError } from '../command-error.ts'
import { type CommandSpec, HUB_SETTINGS } from '../command-spec.ts'
import { withClient } from '../hub-client.ts'
import { readJsonArgument } from '../json-argument.ts'

/** `monofil kpi [NAME] [VALUE]`: lists KPIs, shows one, sets it or deletes it. */
export const kpiCommand: CommandSpec = {
  name: 'kpi',
  description: 'set a named value that pages show live; without a value show it, without a name list all',
  arguments: [
    { syntax: '[name]', description: 'name of the KPI' },
    { syntax: '[value]', description: 'a number, or text; what is neither quoted nor a number is text' },
  ],
  settings: HUB_SETTINGS,
  options: [
    { syntax: '--unit <unit>', description: 'of the value, such as EUR or %' },
    { syntax: '--data <json>', description: 'what belongs to it: JSON, @file, or - for standard input' },
    { syntax: '--text', description: 'the value is text, also where it looks like a number' },
    { syntax: '--delete', description: 'delete it' },
  ],
  examples: [
    'monofil kpi revenue 1250.5 --unit EUR',
    'monofil kpi revenue',
    'monofil kpi',
    'monofil kpi revenue --delete',
  ],
  async action(context, [name, value], flags) {
    const show = (kpi: Kpi) => context.print(context.json ? JSON.stringify(kpi) : lineOf(kpi))
    const isDeleted = flags['delete'] === true
    if (isDeleted && (name === undefined || value !== undefined)) {
      throw new CommandError('--delete takes the name of a KPI and no value.', { exitCode: 2 })
    }
    if (value === undefined && (flags['unit'] !== undefined || flags['data'] !== undefined)) {
      throw new CommandError('--unit and --data belong to a value: monofil kpi NAME VALUE.', { exitCode: 2 })
    }
    const data =
      flags['data'] === undefined ? undefined : await readJsonArgument(String(flags['data']), context.io, '--data')
    return withClient(context, async ({ api }) => {
      if (name === undefined) {
        let cursor: string | undefined
        do {
          const page = await api.kpis.list({ limit: 200, cursor })
          for (const kpi of page.items) show(kpi)
          cursor = page.nextCursor ?? undefined
        } while (cursor !== undefined)
      } else if (isDeleted) {
        await api.kpis.remove(name)
        context.print(context.json ? JSON.stringify({ name, removed: true }) : `${name} is deleted`)
      } else if (value === undefined) show(await api.kpis.get(name))
      else {
        const unit = typeof flags['unit'] === 'string' ? { unit: flags['unit'] } : {}
        const kpi = {
          value: readValue(value, flags['text'] === true),
          ...unit,
          ...(data === undefined ? {} : { data }),
        }
        const { version } = await api.kpis.set(name, kpi)
        context.print(context.json ? JSON.stringify({ version }) : `${name} is ${value}, version ${version}`)
      }
      return 0
    })
  },
}

function readValue(text: string, isText: boolean): number | string {
  const number = Number(text)
  return isText || text.trim() === '' || !Number.isFinite(number) ? text : number
}

function lineOf({ name, value, unit, at, version }: Kpi): string {
  return `${name}  ${value}${unit === null ? '' : ` ${unit}`}  since ${at}  version ${version}`
}
