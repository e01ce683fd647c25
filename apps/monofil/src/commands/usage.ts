import { USAGE_DIMENSIONS, type UsageDimension, type UsageRow } from '@monofil/protocol'
import { CommandError } from '../command-error.ts'
import { type CommandSpec, HUB_SETTINGS } from '../command-spec.ts'
import type { Flags } from '../context.ts'
import { withClient } from '../hub-client.ts'

/** `monofil usage`: what runs used, one sum a line. */
export const usageCommand: CommandSpec = {
  name: 'usage',
  description: 'what runs used: tokens and cost by day, workflow, model or owner',
  arguments: [],
  settings: HUB_SETTINGS,
  options: [
    { syntax: '--days <n>', description: "UTC days, today's included, 1 to 400 (default 30)" },
    { syntax: '--by <what...>', description: `what the sums are by: ${USAGE_DIMENSIONS.join(', ')} (default day)` },
    { syntax: '--workflow <name>', description: 'only of this workflow' },
    { syntax: '--limit <n>', description: 'how many, 1 to 200 (default 50)' },
    { syntax: '--cursor <cursor>', description: 'go on where the last page ended' },
  ],
  examples: ['monofil usage', 'monofil usage --days 7 --by model workflow --json'],
  async action(context, _args, flags) {
    const filter = readFilter(flags)
    const page = await withClient(context, (client) => client.api.usage(filter))
    if (context.json) {
      context.print(JSON.stringify(page))
      return 0
    }
    for (const line of linesOf(page.items, filter.by)) context.print(line)
    if (page.items.length === 0) context.print('Nothing was used in these days.')
    if (page.nextCursor !== null) context.print(context.paint.faint(`More: --cursor ${page.nextCursor}`))
    return 0
  },
}

function readFilter({ days = '30', by, workflow, limit = '50', cursor }: Flags) {
  return {
    days: whole('--days', days, 400),
    by: Array.isArray(by) ? by.map(readDimension) : (['day'] as const),
    limit: whole('--limit', limit, 200),
    ...(typeof workflow === 'string' ? { workflow } : {}),
    ...(typeof cursor === 'string' ? { cursor } : {}),
  }
}

function whole(flag: string, value: unknown, max: number): number {
  const count = Number(value)
  if (Number.isInteger(count) && count >= 1 && count <= max) return count
  throw new CommandError(`${flag}: ${JSON.stringify(value)} is not a whole number from 1 to ${max}.`, { exitCode: 2 })
}

function readDimension(value: unknown): UsageDimension {
  const known = USAGE_DIMENSIONS.find((one) => one === value)
  if (known !== undefined) return known
  throw new CommandError(`--by: ${JSON.stringify(value)} is not one of ${USAGE_DIMENSIONS.join(', ')}.`, {
    exitCode: 2,
  })
}

/** One line a sum, in columns. */
export function linesOf(rows: readonly UsageRow[], by: readonly UsageDimension[]): readonly string[] {
  const table = rows.map((row) => [
    ...by.map((dimension) => row[dimension] ?? '-'),
    `${row.tokens} tokens`,
    `${row.cost} ${row.currency ?? ''}`.trim(),
  ])
  const widths = (table[0] ?? []).map((_, i) => Math.max(...table.map((cells) => cells[i]?.length ?? 0)))
  return table.map((cells) =>
    cells
      .map((cell, i) => (i < by.length ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  )
}
