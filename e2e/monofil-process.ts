import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const BIN = join(import.meta.dirname, '../apps/monofil/bin/monofil.js')
const READY = /listening on (http:\/\/\S+)/

/** `monofil start` as a process group of its own, so that a kill takes hub and worker at once. */
export interface MonofilProcess {
  readonly url: string
  /** The hub's; its worker is a child of it. */
  readonly pid: number
  readonly output: () => string
  /** `kill -9` of hub and worker together. */
  kill(): Promise<void>
  /** `kill -9` of the hub alone, after which its worker ends by itself. */
  killHub(): Promise<void>
  /** Ctrl-C; answers the exit code. */
  interrupt(): Promise<number | null>
}

/** How a process is started. */
export interface ProcessOptions {
  /** Beside the test's own. */
  readonly env?: Readonly<Record<string, string>> | undefined
  /** A command that ends by executing the one that follows it, so that the process id stays. */
  readonly under?: readonly string[] | undefined
}

/** Starts it and waits for its ready line; throws with its output when it ends before. */
export async function startMonofil(
  args: readonly string[],
  { env = {}, under = [] }: ProcessOptions = {},
): Promise<MonofilProcess> {
  const [command = '', ...rest] = [...under, process.execPath, BIN, 'start', ...args]
  const child = spawn(command, rest, {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_OPTIONS: '--conditions=@monofil/source', ...env },
  })
  const lines: string[] = []
  const exited = once(child, 'exit')
  const url = await new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line)
        const match = READY.exec(line)
        if (match?.[1] !== undefined) resolve(match[1])
      })
    }
    child.once('exit', (code) => reject(new Error(`monofil start ended with ${code}:\n${lines.join('\n')}`)))
  })
  return {
    url,
    pid: child.pid ?? 0,
    output: () => lines.join('\n'),
    async kill() {
      signalGroup(child, 'SIGKILL')
      await exited
    },
    async killHub() {
      child.kill('SIGKILL')
      await exited
    },
    async interrupt() {
      child.kill('SIGINT')
      const [code] = (await exited) as [number | null]
      return code
    },
  }
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined || child.exitCode !== null) return
  process.kill(-child.pid, signal)
}
