import type { Usage } from '@monofil/protocol'
import { MonofilError } from '@monofil/protocol'
import type { ItemRecord, RunRecord, StepRecord, UsageSum } from './records.ts'

const MONEY = /^(\d{1,15})(?:\.(\d{1,6}))?$/

/** Reads a decimal string of at most 6 places into millionths; undefined when it is not one. */
export function parseMoney(text: string): bigint | undefined {
  const match = MONEY.exec(text)
  if (match === null) return undefined
  return BigInt(match[1] ?? '0') * 1_000_000n + BigInt((match[2] ?? '').padEnd(6, '0'))
}

/** Writes millionths as the shortest decimal string. */
export function formatMoney(micros: bigint): string {
  const fraction = (micros % 1_000_000n).toString().padStart(6, '0').replace(/0+$/, '')
  const whole = (micros / 1_000_000n).toString()
  return fraction === '' ? whole : `${whole}.${fraction}`
}

/**
 * The sum with a delta added. A delta without currency is in the sum's.
 * @throws `currency_mismatch` when both name one and they differ; `invalid_request` for a cost that is no money.
 */
export function addUsage(sum: UsageSum, delta: Usage, where: { runId: string; field: string }): UsageSum {
  if (delta.currency !== undefined && sum.currency !== null && delta.currency !== sum.currency) {
    throw new MonofilError(
      'currency_mismatch',
      `run ${where.runId} counts its cost in ${sum.currency}, the usage is in ${delta.currency}: report one currency per run`,
      { field: `${where.field}.currency`, runId: where.runId },
    )
  }
  const cost = delta.cost === undefined ? undefined : parseMoney(delta.cost)
  if (delta.cost !== undefined && cost === undefined) {
    throw new MonofilError('invalid_request', 'a cost is a decimal string with at most 6 places', {
      field: `${where.field}.cost`,
    })
  }
  return {
    tokens: delta.tokens === undefined ? sum.tokens : (sum.tokens ?? 0) + delta.tokens,
    micros: cost === undefined ? sum.micros : (sum.micros ?? 0n) + cost,
    currency: sum.currency ?? delta.currency ?? null,
  }
}

/** What used something: an item with its step, a step as a whole, or neither, the run as a whole. */
export interface Spender {
  readonly run: RunRecord
  readonly step: StepRecord | null
  readonly item: ItemRecord | null
}

/** Adds a delta to all whose it is. @throws as `addUsage`; then nothing is changed. */
export function spend({ run, step, item }: Spender, delta: Usage, field: string): void {
  const where = { runId: run.id, field }
  // The run's currency is the one of all: it is asked first, and the others cannot differ.
  const sum = addUsage(run.usage, delta, where)
  const named = sum.currency === null ? delta : { ...delta, currency: sum.currency }
  run.usage = sum
  if (step !== null) step.usage = addUsage({ ...step.usage, currency: null }, named, where)
  if (item !== null) item.usage = addUsage({ ...item.usage, currency: null }, named, where)
}

/** The sum as the wire shows it: only what was reported. */
export function usageView(sum: UsageSum): Usage {
  return {
    ...(sum.tokens === null ? {} : { tokens: sum.tokens }),
    ...(sum.micros === null ? {} : { cost: formatMoney(sum.micros) }),
    ...(sum.currency === null ? {} : { currency: sum.currency }),
  }
}
