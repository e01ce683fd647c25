import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Clock, Logger, Random } from '@monofil/server'
import { CommandError } from './command-error.ts'
import type { Settings } from './settings/index.ts'
import { isFromWorker, type ToWorker } from './worker-messages.ts'

/** tsc does not rewrite the ending inside `new URL`. */
const FROM_SOURCE = import.meta.url.endsWith('.ts')
const ENTRY = fileURLToPath(
  FROM_SOURCE ? new URL('./worker-child.ts', import.meta.url) : new URL('./worker-child.js', import.meta.url),
)
const EXEC_ARGV = FROM_SOURCE ? ['--conditions=@monofil/source'] : []

const BACKOFF = { minMs: 250, maxMs: 10_000, stableMs: 30_000 } as const
/** How long past its grace a worker may take to end before it is killed. */
const KILL_AFTER_MS = 6000

export interface WorkerProcessOptions {
  readonly files: readonly string[]
  readonly concurrency: number
  readonly textMaxChars: number
  readonly logLevel: Settings['logLevel']
  readonly logger: Logger
  readonly clock: Clock
  readonly random: Random
}

/**
 * The process beside the hub that runs the workflows, so that busy code cannot stop a stream. Started anew with a
 * growing wait when it dies; what it held is taken over by whoever claims next.
 */
export class WorkerProcess {
  readonly #options: WorkerProcessOptions
  #child: ChildProcess | undefined
  #dir: string | undefined
  #stopping = false
  #failures = 0
  #startedAt = 0
  #cancelRestart: (() => void) | undefined
  #first: { resolve(names: readonly string[]): void; reject(error: Error): void } | undefined
  #onGone: (() => void) | undefined

  constructor(options: WorkerProcessOptions) {
    this.#options = options
  }

  /** Starts the process, which loads its code while the store opens, and no workflow yet. */
  spawn(): void {
    this.#fork()
  }

  /**
   * Lets the process work on the store served in `dir`; resolves with its workflows' names once they are registered.
   * @throws CommandError when it refuses or dies before that: the files are wrong, and trying again would not help.
   */
  connect(dir: string): Promise<readonly string[]> {
    this.#dir = dir
    const first = new Promise<readonly string[]>((resolve, reject) => {
      this.#first = { resolve, reject }
    })
    if (this.#child === undefined) this.#gone('it ended while it was loading')
    else this.#sendStart(dir)
    return first
  }

  /** Lets running items finish for `graceMs`, hands the rest back, and ends the process. Never rejects. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true
    this.#cancelRestart?.()
    const child = this.#child
    if (child === undefined) return
    const gone = new Promise<void>((resolve) => {
      this.#onGone = resolve
    })
    this.#send({ kind: 'stop', graceMs })
    const cancelKill = this.#options.clock.after(graceMs + KILL_AFTER_MS, () => {
      this.#options.logger.warn('worker process did not end and is killed', { worker: child.pid })
      child.kill('SIGKILL')
    })
    await gone
    cancelKill()
  }

  #fork(): void {
    this.#startedAt = this.#options.clock.monotonic()
    // Standard output is the hub's own: what workflows print goes to standard error, beside the log.
    // Workflows have no use for what everybody's tokens are signed with.
    const { MONOFIL_SECRET: _, ...env } = process.env
    const child = fork(ENTRY, [], { execArgv: [...EXEC_ARGV], stdio: ['ignore', 2, 2, 'ipc'], env })
    this.#child = child
    let refusal: string | undefined
    let ended: string | undefined
    const end = (): void => {
      // The channel closes after its last message was read; the process may be seen to exit before that.
      if (ended === undefined || child.connected) return
      if (this.#child !== child) return
      this.#child = undefined
      this.#gone(refusal ?? ended, refusal !== undefined)
    }
    child.on('message', (message: unknown) => {
      if (!isFromWorker(message)) return
      if (message.kind === 'refused') refusal = message.message
      else this.#ready(message.workflows)
    })
    child.on('error', (error) => {
      ended ??= error.message
      end()
    })
    child.on('exit', (code, signal) => {
      ended = signal === null ? `it exited with code ${code}` : `it was ended by ${signal}`
      end()
    })
    child.on('disconnect', end)
    if (this.#dir !== undefined) this.#sendStart(this.#dir)
  }

  #ready(workflows: readonly string[]): void {
    this.#options.logger.info('worker is ready', { worker: this.#child?.pid, workflows })
    this.#first?.resolve(workflows)
    this.#first = undefined
  }

  #gone(why: string, refused = false): void {
    this.#onGone?.()
    if (this.#stopping) return
    if (this.#first !== undefined) {
      this.#stopping = true
      this.#first.reject(new CommandError(refused ? why : `The worker process could not start: ${why}.`))
      this.#first = undefined
      return
    }
    // Before connect() was called nobody listens yet; it will see that there is no process.
    if (this.#dir === undefined) return
    this.#restart(why)
  }

  #restart(why: string): void {
    const { clock, logger, random } = this.#options
    if (clock.monotonic() - this.#startedAt >= BACKOFF.stableMs) this.#failures = 0
    const upper = Math.min(BACKOFF.maxMs, BACKOFF.minMs * 2 ** this.#failures)
    const waitMs = Math.round(upper / 2 + (random() * upper) / 2)
    this.#failures += 1
    logger.error('worker process died and is started again', { why, waitMs })
    this.#cancelRestart = clock.after(waitMs, () => {
      if (!this.#stopping) this.#fork()
    })
  }

  #sendStart(dir: string): void {
    const { files, concurrency, textMaxChars, logLevel } = this.#options
    this.#send({ kind: 'start', dir, files, concurrency, textMaxChars, logLevel })
  }

  #send(message: ToWorker): void {
    // A process that is just dying refuses the message; its end is handled where it is seen.
    if (this.#child?.connected === true) this.#child.send(message, () => {})
  }
}
