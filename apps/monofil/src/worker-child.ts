import { randomBytes } from 'node:crypto'
import { systemClock } from '@monofil/server'
import { connectSocket } from '@monofil/server/socket'
import { createWorker, type Workflow } from '@monofil/server/worker'
import { createLogger } from './log.ts'
import type { FromWorker, ToWorker } from './worker-messages.ts'
import { loadWorkflows } from './workflow-files.ts'

/**
 * The process that `start` forks: loads the workflow files, then works on the store that its parent serves. It lives
 * and dies with its parent, which is told to stop by signals; a Ctrl-C reaches the whole group, so here it is ignored.
 */
class Child {
  #load: Extract<ToWorker, { kind: 'load' }> | undefined
  #workflows: Promise<readonly Workflow[]> | undefined
  #stop: ((graceMs: number) => Promise<void>) | undefined
  #stopped = false

  async handle(message: ToWorker): Promise<void> {
    if (message.kind === 'load') {
      this.#load = message
      this.#workflows = loadWorkflows(message.files)
      await this.#workflows
    } else if (message.kind === 'connect') {
      await this.#connect(message.dir)
    } else if (!this.#stopped) {
      this.#stopped = true
      await this.#stop?.(message.graceMs)
      process.exit(0)
    }
  }

  async #connect(dir: string): Promise<void> {
    const load = this.#load
    if (load === undefined || this.#workflows === undefined) return
    const workflows = await this.#workflows
    const logger = createLogger(load.logLevel, process.stderr, 'worker')
    // `local-` says to the store that this worker cannot outlive the store's owner.
    const id = `local-${process.pid}-${randomBytes(4).toString('hex')}`
    const link = await connectSocket({ dir, logger, worker: id })
    const worker = createWorker({
      store: link.store,
      bus: link.bus,
      workflows,
      id,
      concurrency: load.concurrency,
      beat: { dir },
      logger,
      clock: systemClock,
      random: Math.random,
    })
    this.#stop = async (graceMs) => {
      await worker.stop({ graceMs })
      await link.close()
    }
    await worker.start()
    tell({ kind: 'ready', workflows: workflows.map((workflow) => workflow.name) })
  }
}

function tell(message: FromWorker): void {
  process.send?.(message)
}

function refuse(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error)
  process.send?.({ kind: 'refused', message } satisfies FromWorker, () => process.exit(1))
}

const child = new Child()
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})
// The parent is gone, and the store with it: nothing that is done from here on could be recorded.
process.on('disconnect', () => process.exit(1))
process.on('message', (message: ToWorker) => {
  child.handle(message).catch(refuse)
})
