import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** A server under test in a process of its own. */
export interface ServerProcess {
  readonly port: number
  /** Port of `/start?burst=K`, `/stop`, `/gc`, `/delay`. */
  readonly control: number
  readonly pid: number
  stop(): Promise<void>
}

/** Starts `servers/NAME.ts` on the first core and waits for the line that names its ports. */
export async function startServer(name: string, env: Readonly<Record<string, string>> = {}): Promise<ServerProcess> {
  const script = join(import.meta.dirname, 'servers', `${name}.ts`)
  const node = [process.execPath, '--conditions=@monofil/source', '--expose-gc', '--max-semi-space-size=32', script]
  const child = spawn('taskset', ['-c', '0', ...node], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: '', ...env },
  })
  const exited = once(child, 'exit')
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith('{')) continue
    const { port, control } = JSON.parse(line) as { port: number; control: number }
    return {
      port,
      control,
      pid: child.pid ?? 0,
      async stop() {
        child.kill('SIGKILL')
        await exited
      },
    }
  }
  throw new Error(`the ${name} server ended before it was ready`)
}
