import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const BIN = fileURLToPath(new URL('../bin/monofil.js', import.meta.url))

/** The real command in a process of its own, and what it has written so far. */
export class Bin {
  stdout = ''
  stderr = ''
  readonly exit: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>
  readonly #child: ChildProcess
  readonly #watchers = new Set<() => void>()
  #ended = false

  constructor(args: readonly string[], options: { cwd: string; env?: NodeJS.ProcessEnv; stdin?: string }) {
    const { PATH, HOME } = process.env
    // A process group of its own, so that a test can end the whole tree as a closed terminal would.
    this.#child = spawn(process.execPath, [BIN, ...args], {
      cwd: options.cwd,
      env: { PATH, HOME, ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    })
    this.#child.stdin?.end(options.stdin ?? '')
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => this.#take('stdout', text))
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => this.#take('stderr', text))
    this.exit = new Promise((resolve) => {
      this.#child.on('close', (code, signal) => {
        this.#ended = true
        for (const watcher of [...this.#watchers]) watcher()
        resolve({ code, signal })
      })
    })
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error('the command did not start')
    return this.#child.pid
  }

  /** Resolves with the match once the output has it. @throws with all output when the process ends without. */
  async until(pattern: RegExp, stream: 'stdout' | 'stderr' = 'stdout'): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this[stream])
      if (match !== null) return match
      if (this.#ended) throw new Error(`ended without ${pattern}:\n${this.stdout}\n${this.stderr}`)
      await new Promise<void>((resolve) => {
        const watcher = (): void => {
          this.#watchers.delete(watcher)
          resolve()
        }
        this.#watchers.add(watcher)
      })
    }
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name)
  }

  /** Signals the process and all its children. */
  signalTree(name: NodeJS.Signals): void {
    if (!this.#ended) process.kill(-this.pid, name)
  }

  #take(stream: 'stdout' | 'stderr', text: string): void {
    this[stream] += text
    for (const watcher of [...this.#watchers]) watcher()
  }
}

/** A temporary folder and the commands run in it; `close` ends and removes all of it. */
export class Bench {
  readonly folder: string
  readonly #bins: Bin[] = []

  private constructor(folder: string) {
    this.folder = folder
  }

  static async open(): Promise<Bench> {
    return new Bench(await mkdtemp(join(tmpdir(), 'monofil-cli-')))
  }

  spawn(args: readonly string[], options: { env?: NodeJS.ProcessEnv; stdin?: string } = {}): Bin {
    const bin = new Bin(args, { cwd: this.folder, ...options })
    this.#bins.push(bin)
    return bin
  }

  /** Runs a command to its end. */
  async run(
    args: readonly string[],
    options: { env?: NodeJS.ProcessEnv; stdin?: string } = {},
  ): Promise<{ code: number | null; stdout: string; stderr: string }> {
    const bin = this.spawn(args, options)
    const { code } = await bin.exit
    return { code, stdout: bin.stdout, stderr: bin.stderr }
  }

  /** Runs a line of bash in this folder. */
  async shell(line: string): Promise<{ code: number; stdout: string; stderr: string }> {
    const [stdout, stderr] = [join(this.folder, '.stdout'), join(this.folder, '.stderr')]
    const child = spawn('bash', ['-c', `(${line}) >'${stdout}' 2>'${stderr}'`], { cwd: this.folder, stdio: 'ignore' })
    const code = await new Promise<number>((resolve) => child.on('close', (status) => resolve(status ?? 1)))
    return { code, stdout: await readFile(stdout, 'utf8'), stderr: await readFile(stderr, 'utf8') }
  }

  /** Starts a hub on a free port in this folder; resolves with its address when it is ready. */
  async startHub(args: readonly string[] = []): Promise<{ bin: Bin; url: string }> {
    const bin = this.spawn(['start', '--port', '0', ...args])
    const [, url = ''] = await bin.until(/Monofil listening on (http:\S+)/)
    return { bin, url }
  }

  async close(): Promise<void> {
    for (const bin of this.#bins) bin.signalTree('SIGKILL')
    await Promise.all(this.#bins.map((bin) => bin.exit))
    await rm(this.folder, { recursive: true, force: true })
  }
}
