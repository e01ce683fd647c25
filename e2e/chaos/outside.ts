/**
 * What really ran, written by the handlers themselves and by nothing of ours: a line in a file of its own when a handler
 * begins and another when it ends, on disk before it goes on.
 */
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs'
import type { StepContext } from '@monofil/server/worker'

/** One time that a handler ran. Times are ms since 1970 by the machine's monotonic clock, so that none jumps. */
export interface Execution {
  readonly run: string
  readonly step: string
  readonly item: string
  readonly attempt: number
  readonly pid: number
  readonly startedAt: number
  /** Null where the handler did not come to its end. */
  endedAt: number | null
}

/** Notes the beginning of a handler; answers what names this execution, and notes its end. */
export function begin(path: string, context: StepContext): { readonly token: string; end(): void } {
  const token = `${process.pid}-${performance.now()}`
  const { run, step, item, attempt } = context
  append(path, ['start', token, run.id, step, item.id, attempt, process.pid, now()])
  return { token, end: () => append(path, ['end', token, now()]) }
}

/** Every execution by its token; none while nothing ran. */
export function readOutside(path: string): ReadonlyMap<string, Execution> {
  const found = new Map<string, Execution>()
  if (!existsSync(path)) return found
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const [kind, token = '', ...rest] = line.split(' ')
    if (kind === 'start') {
      const [run = '', step = '', item = '', attempt, pid, at] = rest
      const numbers = { attempt: Number(attempt), pid: Number(pid), startedAt: Number(at) }
      found.set(token, { run, step, item, ...numbers, endedAt: null })
    } else if (kind === 'end') {
      const execution = found.get(token)
      if (execution !== undefined) execution.endedAt = Number(rest[0])
    }
  }
  return found
}

/** The most of these that began within any `windowMs`. */
export function mostStarts(executions: readonly Execution[], windowMs: number): number {
  const starts = executions.map(({ startedAt }) => startedAt).sort((a, b) => a - b)
  let most = 0
  let first = 0
  for (const [i, at] of starts.entries()) {
    while ((starts[first] ?? at) <= at - windowMs) first += 1
    most = Math.max(most, i - first + 1)
  }
  return most
}

/** The most of these that ran at once; one whose process was killed is left out. */
export function mostAtOnce(executions: readonly Execution[]): number {
  const moves = executions.flatMap(({ startedAt, endedAt }) =>
    endedAt === null
      ? []
      : [
          { at: startedAt, by: 1 },
          { at: endedAt, by: -1 },
        ],
  )
  moves.sort((a, b) => a.at - b.at || a.by - b.by)
  let running = 0
  return Math.max(0, ...moves.map(({ by }) => (running += by)))
}

/** `Date.now` may be made to jump by the test; this does not. */
function now(): number {
  return performance.timeOrigin + performance.now()
}

function append(path: string, fields: readonly (string | number)[]): void {
  const file = openSync(path, 'a')
  writeSync(file, `${fields.join(' ')}\n`)
  fsyncSync(file)
  closeSync(file)
}
