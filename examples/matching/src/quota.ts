import type { MonofilClient } from '@monofil/client'
import type { Quota } from '@monofil/example-models'
import { OFFLINE } from './offline.ts'

/**
 * What the newest run that asked a model says of the account behind the key. The worker asks, in a process of its own,
 * and the ledger is where it leaves what it saw.
 */
export async function lastQuota(client: MonofilClient): Promise<Quota> {
  const { items } = await client.api.runs.list({ workflow: 'matching', limit: 20 })
  const run = items.find(({ input, steps }) => modelIn(input) !== OFFLINE && steps.some(isJudged))
  if (run === undefined) return 'unknown'
  const { items: groups } = await client.api.runs.failures(run.id)
  return groups.some(({ code }) => code === 'quota_exhausted') ? 'exhausted' : 'left'
}

function isJudged({ name, counts }: { readonly name: string; readonly counts: Counts }): boolean {
  return (name === 'filter' || name === 'rerank') && counts.completed + counts.failed > 0
}

interface Counts {
  readonly completed: number
  readonly failed: number
}

function modelIn(input: unknown): unknown {
  return typeof input === 'object' && input !== null ? Reflect.get(input, 'model') : undefined
}
