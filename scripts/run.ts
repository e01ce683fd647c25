import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'

export interface RunOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** Keep the output instead of showing it. */
  readonly quiet?: boolean
}

export interface RunResult {
  readonly ok: boolean
  readonly output: string
}

const bin = resolve(import.meta.dirname, '../node_modules/.bin')

/** Runs a tool of the repository (or of the system) and says whether it ended well; `output` is set when quiet. */
export function attempt(command: string, args: readonly string[], options: RunOptions = {}): RunResult {
  const result = spawnSync(command, args, {
    cwd: options.cwd ?? process.cwd(),
    env: { ...process.env, ...options.env, PATH: `${bin}:${process.env['PATH'] ?? ''}` },
    stdio: options.quiet === true ? 'pipe' : 'inherit',
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
  const output = `${result.stdout ?? ''}${result.stderr ?? ''}${result.error === undefined ? '' : String(result.error)}`
  return { ok: result.status === 0, output }
}

/** Runs a tool and ends this process with status 1 when it fails. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): void {
  const result = attempt(command, args, options)
  if (result.ok) return
  if (options.quiet === true) process.stderr.write(result.output)
  process.stderr.write(`failed: ${command} ${args.join(' ')}\n`)
  process.exit(1)
}
