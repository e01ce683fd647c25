import { Command, CommanderError } from 'commander'
import type { CommandSpec } from './command-spec.ts'
import {
  cancelCommand,
  deleteCommand,
  pauseCommand,
  rerunCommand,
  resumeCommand,
  retryCommand,
} from './commands/control.ts'
import { exportCommand } from './commands/export.ts'
import { keysCommand } from './commands/keys.ts'
import { kpiCommand } from './commands/kpi.ts'
import { logsCommand } from './commands/logs.ts'
import { notifyCommand } from './commands/notify.ts'
import { publishCommand } from './commands/publish.ts'
import { revokeCommand } from './commands/revoke.ts'
import { runCommand } from './commands/run.ts'
import { runsCommand } from './commands/runs.ts'
import { scheduleCommand } from './commands/schedule.ts'
import { schedulesCommand } from './commands/schedules.ts'
import { signalCommand } from './commands/signal.ts'
import { smokeCommand } from './commands/smoke.ts'
import { startCommand } from './commands/start.ts'
import { statusCommand } from './commands/status.ts'
import { tailCommand } from './commands/tail.ts'
import { tokenCommand } from './commands/token.ts'
import { unscheduleCommand } from './commands/unschedule.ts'
import { usageCommand } from './commands/usage.ts'
import { workerCommand } from './commands/worker.ts'
import { type Flags, type Io, reportError, runAction } from './context.ts'
import { SETTINGS, type SettingSpec } from './settings/index.ts'

/** Every command, in the order the help lists them. */
export const COMMANDS: readonly CommandSpec[] = [
  startCommand,
  workerCommand,
  runCommand,
  runsCommand,
  logsCommand,
  exportCommand,
  pauseCommand,
  resumeCommand,
  cancelCommand,
  retryCommand,
  rerunCommand,
  signalCommand,
  deleteCommand,
  scheduleCommand,
  schedulesCommand,
  unscheduleCommand,
  statusCommand,
  usageCommand,
  publishCommand,
  notifyCommand,
  tailCommand,
  kpiCommand,
  smokeCommand,
  keysCommand,
  tokenCommand,
  revokeCommand,
]

/** Runs one command line (without node and script) and answers its exit code: 0 done, 1 failed, 2 used wrongly. */
export async function main(argv: readonly string[], io: Io, version: string): Promise<number> {
  const result = { code: 0 }
  const program = new Command('monofil')
    .description('One stream for everything: durable runs with live progress, topics, and their console.')
    .version(version)
    .showHelpAfterError('(monofil <command> --help explains it)')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      getOutHelpWidth: () => io.stdout.columns ?? 100,
      getErrHelpWidth: () => io.stderr.columns ?? 100,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
  for (const spec of COMMANDS) addCommand(program, spec, io, result)
  try {
    await program.parseAsync([...argv], { from: 'user' })
    return result.code
  } catch (error) {
    if (error instanceof CommanderError) return isHelp(error) ? 0 : 2
    return reportError(error, io, argv.includes('--json'))
  }
}

// commander says `commander.help` with exit code 1 for "no command given", which is wrong usage.
function isHelp(error: CommanderError): boolean {
  return error.exitCode === 0
}

function addCommand(program: Command, spec: CommandSpec, io: Io, result: { code: number }): void {
  const command = program.command(spec.name).description(spec.description)
  for (const argument of spec.arguments) command.argument(argument.syntax, argument.description)
  for (const setting of spec.settings) {
    const known: SettingSpec = SETTINGS[setting.name]
    const fallback = describeDefault(known.default)
    command.option(setting.syntax, `${known.description} (${fallback}${known.env})`)
  }
  for (const option of spec.options) command.option(option.syntax, option.description)
  command.option('--json', 'print JSON, for machines')
  command.addHelpText('after', `\nExample:\n${spec.examples.map((line) => `  $ ${line}`).join('\n')}\n`)
  const names = spec.settings.map((setting) => setting.name)
  command.action(async (...parameters: unknown[]) => {
    const positional = parameters.slice(0, spec.arguments.length).flat()
    const args = positional.filter((value): value is string => typeof value === 'string')
    const flags: Flags = { ...command.opts() }
    result.code = await runAction(io, spec.action, args, flags, names)
  })
}

function describeDefault(value: unknown): string {
  if (value === '' || (Array.isArray(value) && value.length === 0)) return ''
  return `default ${String(value)}, `
}
