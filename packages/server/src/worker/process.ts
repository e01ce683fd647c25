import type { Logger } from '../seams/system.ts'
import { connectSocket } from '../socket/index.ts'
import { loadWorkflows } from './load.ts'
import { createWorker } from './worker.ts'
import type { WorkerOptions } from './worker-options.ts'

export interface WorkerProcessOptions extends Pick<WorkerOptions, 'id' | 'concurrency' | 'leaseMs' | 'maxTextChars'> {
  /** The data folder of the hub this worker works for. */
  readonly dir: string
  /** Workflow files. */
  readonly files: readonly string[]
  readonly logger: Logger
  /** How long to wait for the hub at the start, in ms; 5,000 when left out. */
  readonly waitMs?: number
}

export interface WorkerProcess {
  /** Names of the workflows it runs. */
  readonly workflows: readonly string[]
  /**
   * Resolves when it has stopped, by `stop` or because the parent process is gone. End the process then: a handler
   * that ignores its signal would keep it alive.
   */
  readonly stopped: Promise<void>
  /** See `Worker.stop`; then the connection is closed. Never rejects. */
  stop(options?: { readonly graceMs?: number }): Promise<void>
}

/**
 * What a worker process does: loads its workflows, connects to the hub's data folder and runs items until it is
 * stopped. Started with an IPC channel, it stops when the parent disconnects. Resolves when the workflows are registered.
 * @throws `invalid_request` for a workflow file that cannot be used, `store_unavailable` when no hub answers.
 */
export async function runWorkerProcess(options: WorkerProcessOptions): Promise<WorkerProcess> {
  const { dir, files, logger, id } = options
  const workflows = await loadWorkflows(files)
  const connection = await connectSocket({ dir, logger, worker: id, ...pick(options, 'waitMs') })
  const { store, bus } = connection
  const worker = createWorker({
    store,
    bus,
    workflows,
    id,
    logger,
    beat: { dir },
    ...pick(options, 'concurrency'),
    ...pick(options, 'leaseMs'),
    ...pick(options, 'maxTextChars'),
  })
  try {
    await worker.start()
  } catch (error) {
    await connection.close()
    throw error
  }
  const stopped = Promise.withResolvers<void>()
  const stop = async (how: { readonly graceMs?: number } = {}): Promise<void> => {
    process.off('disconnect', onDisconnect)
    await worker.stop(how)
    await connection.close()
    stopped.resolve()
  }
  const onDisconnect = (): void => {
    logger.info('The parent process is gone; the worker stops.', { worker: id })
    // With the parent went the store's owner: nobody would record what a handler still answers.
    stop({ graceMs: 0 }).catch((error: unknown) =>
      logger.error('The worker did not stop cleanly.', { worker: id, error }),
    )
  }
  process.once('disconnect', onDisconnect)
  if (process.connected === false) onDisconnect()
  return { workflows: workflows.map(({ name }) => name), stopped: stopped.promise, stop }
}

/** The option as an object to spread, empty where it was left out. */
function pick<T extends object, K extends keyof T>(from: T, key: K): Pick<T, K> | Record<never, never> {
  return from[key] === undefined ? {} : { [key]: from[key] }
}
