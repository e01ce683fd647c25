/** What must be true of a run when all is over, whatever was done to it. */
import type { Envelope, Item, ItemStatus, Run } from '@monofil/protocol'
import { expect } from 'vitest'
import type { Execution } from './outside.ts'

const STATUSES: readonly ItemStatus[] = ['queued', 'running', 'retrying', 'completed', 'failed', 'cancelled']

/** The run's counters are those of its rows, and no item is there twice. */
export function checkCounts(run: Run, items: readonly Item[]): void {
  expect(new Set(items.map(({ step, id }) => `${step}/${id}`)).size).toBe(items.length)
  for (const step of run.steps) {
    const rows = items.filter((item) => item.step === step.name)
    expect(step.counts.total).toBe(rows.length)
    for (const status of STATUSES) {
      expect(step.counts[status]).toBe(rows.filter((item) => item.status === status).length)
    }
  }
  expect(run.counts.total).toBe(items.length)
}

/**
 * The log as a client saw it: 1 to n, each event once, one terminal event per round, the last of its round; and each
 * item became completed once in each round that did it.
 */
export function checkLog(
  run: Run,
  seen: readonly Envelope[],
  options: { readonly again?: readonly string[] } = {},
): void {
  expect(seen.map(({ offset }) => offset)).toEqual(Array.from({ length: run.offset }, (_, i) => i + 1))
  const ends = seen.filter(({ type }) => type === 'complete' || type === 'failed')
  expect(ends).toHaveLength(run.round)
  expect(seen.at(-1)).toBe(ends.at(-1))
  const again = new Set(options.again)
  for (const [id, times] of completions(seen)) expect(`${id} ${times}`).toBe(`${id} ${again.has(id) ? 2 : 1}`)
}

/** Each recorded result of a step whose handlers note what they do was made by an execution of that very attempt. */
export function checkResults(items: readonly Item[], outside: ReadonlyMap<string, Execution>): void {
  for (const item of items) {
    if (item.status !== 'completed' || item.step === 'list') continue
    const execution = outside.get(tokenOf(item.result))
    expect(execution, `${item.id} was recorded but never ran`).toBeDefined()
    expect(execution).toMatchObject({ run: item.runId, step: item.step, item: item.id, attempt: item.attempts })
    expect(execution?.endedAt).not.toBeNull()
  }
}

/** How often each item was said to have become completed. */
function completions(events: readonly Envelope[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const event of events) {
    if (event.type !== 'item') continue
    for (const item of event.data as Item[]) {
      if (item.status === 'completed') counts.set(item.id, (counts.get(item.id) ?? 0) + 1)
    }
  }
  return counts
}

function tokenOf(result: unknown): string {
  if (typeof result === 'string') return result
  if (Array.isArray(result)) return tokenOf(result[0])
  if (typeof result === 'object' && result !== null && 'token' in result) return String(result.token)
  return ''
}
