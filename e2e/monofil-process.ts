import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const BIN = join(import.meta.dirname, '../apps/monofil/bin/monofil.js')
const READY = /listening on (http:\/\/\S+)/

/** `monofil start` as a process group of its own, so that a kill takes hub and worker at once. */
export interface MonofilProcess {
  readonly url: string
  readonly output: () => string
  /** `kill -9` of hub and worker together. */
  kill(): Promise<void>
  /** Ctrl-C; answers the exit code. */
  interrupt(): Promise<number | null>
}

/** Starts it and waits for its ready line; throws with its output when it ends before. */
export async function startMonofil(args: readonly string[]): Promise<MonofilProcess> {
  const child = spawn(process.execPath, [BIN, 'start', ...args], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_OPTIONS: '--conditions=@monofil/source' },
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
    output: () => lines.join('\n'),
    async kill() {
      signalGroup(child, 'SIGKILL')
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
