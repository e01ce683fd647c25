import { MonofilError } from '@monofil/protocol'
import type { Bus } from '../seams/bus.ts'
import type { Store } from '../seams/store.ts'
import type { Clock, Logger, Random } from '../seams/system.ts'
import type { Workflow } from './workflow.ts'

export interface WorkerOptions {
  readonly store: Store
  readonly bus: Bus
  readonly workflows: readonly Workflow[]
  /** Unique among the workers of a store; it names their leases. */
  readonly id: string
  /** How many handlers run at once; 8 when left out. */
  readonly concurrency?: number
  /** How long a lease lasts without renewal, in ms; 15,000 when left out. */
  readonly leaseMs?: number
  /**
   * Renew leases from a thread with its own connection to the owner of this data folder, so that busy handlers keep
   * them. Left out, this loop renews them: for handlers that only wait.
   */
  readonly beat?: { readonly dir: string }
  /** What of one text is kept, in UTF-16 characters; 1,048,576 when left out. */
  readonly maxTextChars?: number
  readonly logger?: Logger
  readonly clock?: Clock
  readonly random?: Random
}

/** The workflows by name. @throws `invalid_request` for two of one name, and for none. */
export function byName(workflows: readonly Workflow[]): ReadonlyMap<string, Workflow> {
  const found = new Map<string, Workflow>()
  for (const workflow of workflows) {
    if (found.has(workflow.name)) {
      const message = `Two workflows are named "${workflow.name}": a worker runs each name once.`
      throw new MonofilError('invalid_request', message)
    }
    found.set(workflow.name, workflow)
  }
  if (found.size === 0) throw new MonofilError('invalid_request', 'A worker needs at least one workflow.')
  return found
}

/** An option that is a whole number within bounds. @throws `invalid_request` naming it. */
export function wholeOption(name: string, value: number, min: number, max: number): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value
  const message = `A worker's ${name} must be a whole number from ${min} to ${max}, not ${String(value)}.`
  throw new MonofilError('invalid_request', message, { field: name })
}
