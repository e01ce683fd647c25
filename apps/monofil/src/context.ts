import { MonofilError } from '@monofil/protocol'
import { CommandError } from './command-error.ts'
import type { Out } from './out.ts'
import { createPainter, type Painter, wantsColours } from './paint.ts'
import { loadConfigFile, readSettings, type SettingName, type Settings } from './settings/index.ts'
import { listenForStop, type StopSignals } from './stop.ts'
import { oneLine } from './summary.ts'

/** The process as commands see it. */
export interface Io {
  readonly stdout: Out
  readonly stderr: Out
  readonly stdin: AsyncIterable<Buffer | string> & { readonly isTTY?: boolean | undefined }
  readonly env: NodeJS.ProcessEnv
  readonly cwd: string
}

/** Values of flags as commander answers them: camel case, undefined where not given. */
export type Flags = Readonly<Record<string, unknown>>

/** What a command works with. */
export interface Context {
  readonly io: Io
  readonly settings: Settings
  /** Whether machines read the output. */
  readonly json: boolean
  readonly paint: Painter
  readonly stop: StopSignals
  /** Writes a line to standard output. */
  print(line: string): void
}

/** A command's work; answers its exit code, 0 where it says nothing. */
export type Action = (context: Context, args: readonly string[], flags: Flags) => Promise<number | undefined>

/** Reads the settings and runs the action. @throws CommandError for settings that are not accepted. */
export async function runAction(
  io: Io,
  action: Action,
  args: readonly string[],
  flags: Flags,
  names: readonly SettingName[],
): Promise<number> {
  const config = await loadConfigFile(io.cwd)
  const given: Partial<Record<SettingName, string | readonly string[]>> = {}
  for (const name of names) {
    const value = flags[name]
    if (typeof value === 'string') given[name] = value
    else if (Array.isArray(value)) given[name] = value.map(String)
  }
  const settings = readSettings({ flags: given, env: io.env, config })
  const stop = listenForStop()
  const context: Context = {
    io,
    settings,
    json: flags['json'] === true,
    paint: createPainter(wantsColours(io.stdout, io.env)),
    stop,
    print: (line) => io.stdout.write(`${line}\n`),
  }
  try {
    return (await action(context, args, flags)) ?? 0
  } finally {
    stop.dispose()
  }
}

/** Says what went wrong on standard error, and answers the exit code. A defect shows its stack, a refusal its words. */
export function reportError(error: unknown, io: Io, json: boolean): number {
  const exitCode = error instanceof CommandError ? error.exitCode : 1
  const known = error instanceof CommandError || MonofilError.is(error)
  const message = error instanceof Error ? error.message : String(error)
  if (json) {
    const code = MonofilError.is(error) ? error.code : exitCode === 2 ? 'usage' : 'failed'
    io.stderr.write(`${JSON.stringify({ error: { code, message } })}\n`)
    return exitCode
  }
  const paint = createPainter(wantsColours(io.stderr, io.env))
  const label = paint.status('failed')('Error:')
  const text = known || !(error instanceof Error) ? message : (error.stack ?? message)
  io.stderr.write(`${label} ${text}\n`)
  if (MonofilError.is(error)) {
    for (const finding of error.details.findings ?? []) {
      io.stderr.write(`  ${oneLine(finding.field)}: ${oneLine(finding.message)}\n`)
    }
  }
  return exitCode
}
