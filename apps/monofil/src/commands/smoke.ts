import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CommandError } from '../command-error.ts'
import { type CommandSpec, HUB_SETTINGS } from '../command-spec.ts'
import type { Context, Flags } from '../context.ts'
import { formatDuration } from '../format.ts'
import { SETTINGS } from '../settings/index.ts'
import { type SmokeReport, smoke } from '../smoke.ts'

/** `monofil smoke [URL]`: does a hub do what it must? */
export const smokeCommand: CommandSpec = {
  name: 'smoke',
  description: 'make a small run, follow it on two streams, compare with REST; exit 1 on a mismatch',
  arguments: [{ syntax: '[hub]', description: 'address of a hub; without one a hub of its own is started and ended' }],
  settings: HUB_SETTINGS,
  options: [],
  examples: ['monofil smoke', 'monofil smoke http://127.0.0.1:4000 --json'],
  async action(context, [hub], flags) {
    const { token } = context.settings
    const { signal } = context.stop
    const named = hub ?? (isGiven(context, flags) ? context.settings.url : undefined)
    if (hub !== undefined && !SETTINGS.url.schema.safeParse(hub).success) {
      throw new CommandError(`${JSON.stringify(hub)} is not accepted. Accepted: ${SETTINGS.url.accepted}.`, {
        exitCode: 2,
      })
    }
    const own = named === undefined
    const report = own
      ? await withOwnHub((url) => smoke({ url, token, signal }))
      : await smoke({ url: named, token, signal })
    print(report, own, context)
    return report.ok ? 0 : 1
  },
}

// The setting has a default, and without a word about a hub smoke brings its own.
function isGiven(context: Context, flags: Flags): boolean {
  return flags['url'] !== undefined || context.settings.url !== SETTINGS.url.default
}

async function withOwnHub(use: (url: string) => Promise<SmokeReport>): Promise<SmokeReport> {
  const { start } = await import('../start.ts')
  const data = await mkdtemp(join(tmpdir(), 'monofil-smoke-'))
  try {
    const running = await start({ port: 0, data, logLevel: 'error' })
    try {
      return await use(running.url)
    } finally {
      await running.close()
    }
  } finally {
    await rm(data, { recursive: true, force: true })
  }
}

function print(report: SmokeReport, own: boolean, context: Context): void {
  if (context.json) {
    context.print(JSON.stringify(report))
    return
  }
  const { paint } = context
  const what = `${report.events} events in ${formatDuration(report.ms)}`
  if (report.ok) {
    context.print(`${paint.status('completed')('✔ smoke passed')}  ${what}`)
    context.print(`  REST, the run's own stream and the connection agree (${report.states} states, all items, the end)`)
  } else {
    context.print(`${paint.status('failed')('✖ smoke failed')}  ${what}`)
    for (const mismatch of report.mismatches) context.print(`  ${mismatch}`)
  }
  context.print(`  ${paint.faint(`${report.page}${own ? ' (of a hub that has ended)' : ''}`)}`)
}
