import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createClient, type MonofilClient } from '@monofil/client'
import type { Asked, Reply } from '@monofil/example-models/testing'
import { isTerminal, type Run } from '@monofil/protocol'
import { start } from 'monofil'
import { PROJECTS } from './projects.ts'
import type { RunInput } from './run-input.ts'

/** A hub with a worker for this workflow, in a temporary folder. */
export interface Lab {
  readonly base: string
  readonly client: MonofilClient
  /** Starts a run and answers it when it is over. */
  run(input: Partial<RunInput> & { readonly folder: string }): Promise<Run>
  /** The run, once it is over. */
  ended(id: string): Promise<Run>
  close(): Promise<void>
}

/** A folder that is there while `use` runs. */
export async function inTemporaryFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'matching-'))
  try {
    return await use(folder)
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

/** Starts a hub and its worker process, whose environment has `env` too. */
export async function openLab(env: Readonly<Record<string, string>> = {}): Promise<Lab> {
  const base = await mkdtemp(join(tmpdir(), 'matching-lab-'))
  const before = { ...process.env }
  Object.assign(process.env, env)
  const workflow = fileURLToPath(new URL('./workflow.ts', import.meta.url))
  const running = await start({ port: 0, data: join(base, 'data'), workflows: [workflow], logLevel: 'warn' })
  for (const name of Object.keys(env)) restore(name, before[name])
  const client = createClient({ url: running.url })
  const ended = (id: string): Promise<Run> =>
    new Promise((resolve, reject) => {
      const watched = client.run(id)
      const look = (): void => {
        const { run } = watched.get()
        if (run === null || !isTerminal(run.status)) return
        unsubscribe()
        client.api.runs.get(id).then(resolve, reject)
      }
      const unsubscribe = watched.subscribe(look)
      look()
    })
  return {
    ...{ base, client, ended },
    async run(input) {
      const all = { project: 'p1', top: 3, model: 'offline', language: 'en', ...input }
      const { id } = await client.api.runs.start({ workflow: 'matching', input: all, key: all.project })
      return ended(id)
    },
    async close() {
      client.close()
      await running.close()
      await rm(base, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}

function restore(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name]
  else process.env[name] = value
}

/** What a request to the endpoint was for. */
export function kindOf({ system }: Asked): 'filter' | 'rerank' {
  return system.includes('check a CV against criteria') ? 'filter' : 'rerank'
}

/** The person whose CV was sent. */
export function personIn({ user }: Asked): string {
  return user.split('\nCV:\n')[1]?.split('\n')[0] ?? ''
}

/** As a model would: everybody has everything, and fits by 80. */
export function agreeable(asked: Asked): Reply {
  if (kindOf(asked) === 'rerank') return { kind: 'text', text: 'Has done just this, for years.\nSCORE: 80' }
  const criteria = PROJECTS.flatMap(({ musts }) => musts)
    .filter(({ id }) => asked.user.includes(`- ${id}:`))
    .map(({ id }) => ({ id, met: true, evidence: 'said so' }))
  return { kind: 'json', value: { criteria } }
}
