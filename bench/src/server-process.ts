import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'

/** A server under test in a process of its own. */
export interface ServerProcess {
  readonly port: number
  /** Port of `/start?burst=K`, `/stop`, `/gc`, `/delay`. */
  readonly control: number
  readonly pid: number
  stop(): Promise<void>
}

/** Which Monofil is measured, and as whom. */
export interface Served {
  /** Root of another checkout whose server it is; left out: this one's. */
  readonly from?: string | undefined
  readonly env?: Readonly<Record<string, string>> | undefined
  /** What every request of the load client brings; left out: nothing. */
  readonly token?: string | undefined
}

/** Starts `servers/NAME.ts` on the first core and waits for the line that names its ports. */
export async function startServer(name: string, { from, env = {} }: Served = {}): Promise<ServerProcess> {
  const folder = from === undefined ? import.meta.dirname : join(resolve(from), 'bench', 'src')
  const script = join(folder, 'servers', `${name}.ts`)
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
