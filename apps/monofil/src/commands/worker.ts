import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { resolve } from 'node:path'
import { CommandError } from '../command-error.ts'
import type { CommandSpec } from '../command-spec.ts'
import { untilAborted } from '../stop.ts'
import { findWorkflowFiles } from '../workflow-files.ts'

/** `monofil worker`: a further worker process beside a hub of this machine. */
export const workerCommand: CommandSpec = {
  name: 'worker',
  description: 'run workflows in a process of their own, beside the hub that owns the data folder',
  arguments: [],
  settings: [
    { name: 'workflows', syntax: '--workflows <file...>' },
    { name: 'data', syntax: '--data <folder>' },
    { name: 'concurrency', syntax: '--concurrency <number>' },
    { name: 'textMaxChars', syntax: '--text-max-chars <number>' },
    { name: 'graceMs', syntax: '--grace-ms <ms>' },
    { name: 'logLevel', syntax: '--log-level <level>' },
  ],
  options: [],
  examples: ['monofil worker --workflows ./photos.ts --data .monofil'],
  async action(context) {
    const { settings, io } = context
    if (settings.workflows.length === 0) {
      throw new CommandError('A worker needs its workflows: monofil worker --workflows FILE…', { exitCode: 2 })
    }
    const files = findWorkflowFiles(settings.workflows, io.cwd)
    const dir = resolve(io.cwd, settings.data)
    const { runWorkerProcess } = await import('@monofil/server/worker')
    const { createLogger } = await import('../log.ts')
    const logger = createLogger(settings.logLevel, process.stderr, 'worker')
    const id = workerId()
    const { concurrency, textMaxChars: maxTextChars } = settings
    const worker = await runWorkerProcess({ dir, files, id, concurrency, maxTextChars, logger })
    const { workflows } = worker
    if (context.json) context.print(JSON.stringify({ worker: id, workflows, data: dir }))
    else context.print(`Monofil worker ${id} runs ${workflows.join(', ')} on ${dir}`)
    await untilAborted(context.stop.signal)
    await worker.stop({ graceMs: settings.graceMs })
    return 0
  },
}

// A machine's name may hold what an id may not.
function workerId(): string {
  const name = hostname()
    .replace(/[^A-Za-z0-9.-]/g, '-')
    .slice(0, 60)
  return `worker-${name}-${process.pid}-${randomBytes(3).toString('hex')}`
}
