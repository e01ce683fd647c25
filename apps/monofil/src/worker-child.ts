import { randomBytes } from 'node:crypto'
import { runWorkerProcess, type WorkerProcess } from '@monofil/server/worker'
import { createLogger } from './log.ts'
import type { FromWorker, ToWorker } from './worker-messages.ts'

/**
 * The process that `start` forks. It lives and dies with its parent, which is the one that is told to stop: a Ctrl-C
 * reaches the whole group, so signals are ignored here, and a lost parent ends this process at once, since the store
 * is gone with it and nothing done from here on could be recorded.
 */
class Child {
  #worker: WorkerProcess | undefined
  #stopping = false

  async handle(message: ToWorker): Promise<void> {
    if (message.kind === 'start') await this.#start(message)
    else await this.#stop(message.graceMs)
  }

  async #start(message: Extract<ToWorker, { kind: 'start' }>): Promise<void> {
    const { dir, files, concurrency, textMaxChars: maxTextChars, logLevel } = message
    const logger = createLogger(logLevel, process.stderr, 'worker')
    // `local-` says to the store that this worker cannot outlive the store's owner.
    const id = `local-${process.pid}-${randomBytes(4).toString('hex')}`
    const worker = await runWorkerProcess({ dir, files, id, concurrency, maxTextChars, logger })
    this.#worker = worker
    process.send?.({ kind: 'ready', workflows: worker.workflows } satisfies FromWorker)
  }

  async #stop(graceMs: number): Promise<void> {
    if (this.#stopping) return
    this.#stopping = true
    await this.#worker?.stop({ graceMs })
    process.exit(0)
  }
}

function refuse(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error)
  process.send?.({ kind: 'refused', message } satisfies FromWorker, () => process.exit(1))
}

const child = new Child()
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})
process.on('disconnect', () => process.exit(1))
process.on('message', (message: ToWorker) => {
  child.handle(message).catch(refuse)
})
