import { isId, MonofilError } from '@monofil/protocol'
import type { LimitPlan, Rate } from '../runs/limit.ts'

/** A rate as text (`10/s`, `600/min`, `5/100ms`), or exactly; `burst` is 1 when left out: evenly spaced. */
export type RateOption = string | { readonly count: number; readonly perMs: number; readonly burst?: number }

/** What `defineLimit` takes; at least one of `rate` and `concurrency`. */
export interface LimitDefinition {
  /** An id. Limits of one name are one limit, over all workflows and workers of a hub. */
  readonly name: string
  readonly rate?: RateOption
  /** How many items under it run at once. */
  readonly concurrency?: number
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, min: 60_000, h: 3_600_000, d: 86_400_000 }
const KNOWN = ['name', 'rate', 'concurrency']
const MOST = 100_000

/**
 * A limit that several steps name, such as an API's quota:
 * ```ts
 * const openai = defineLimit({ name: 'openai', rate: '10/s', concurrency: 4 })
 * step('score', { each: 'read', limits: [openai] }, …)
 * ```
 * The store grants it, so that all workers together keep to it. What is registered last counts.
 * @throws `invalid_request` naming what is wrong.
 */
export function defineLimit(definition: LimitDefinition): LimitPlan {
  const { name, rate, concurrency } = definition
  if (!isId(name)) throw mistake('name', 'an id (1 to 128 of A-Z a-z 0-9 . _ : -)', name)
  const unknown = Object.keys(definition).find((key) => !KNOWN.includes(key))
  if (unknown !== undefined) throw mistake(unknown, `one of ${KNOWN.join(', ')}`, unknown)
  if (rate === undefined && concurrency === undefined) throw mistake('rate', 'given, unless concurrency is', rate)
  return {
    name,
    rate: rate === undefined ? null : parseRate(rate),
    concurrency: concurrency === undefined ? null : whole('concurrency', concurrency, MOST),
  }
}

/** @throws `invalid_request` for what is no rate. */
export function parseRate(option: RateOption): Rate {
  if (typeof option === 'string') {
    const [, count = '', amount = '', unit = ''] = /^(\d{1,6})\/(\d{0,6})(ms|s|min|h|d)$/.exec(option) ?? []
    const perMs = Number(amount || 1) * (UNITS[unit] ?? 0)
    if (perMs > 0 && Number(count) > 0) return { count: Number(count), perMs, burst: 1 }
    throw mistake('rate', 'such as 10/s, 600/min or 5/100ms', option)
  }
  if (typeof option !== 'object' || option === null) throw mistake('rate', 'such as 10/s, or { count, perMs }', option)
  const count = whole('rate.count', option.count, 1_000_000)
  return {
    count,
    perMs: whole('rate.perMs', option.perMs, 30 * 86_400_000),
    burst: whole('rate.burst', option.burst ?? 1, MOST),
  }
}

function whole(option: string, value: unknown, most: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= most) return value
  throw mistake(option, `a whole number from 1 to ${most}`, value)
}

function mistake(option: string, accepted: string, value: unknown): MonofilError {
  const message = `A limit's ${option} must be ${accepted}, not ${JSON.stringify(value) ?? String(value)}.`
  return new MonofilError('invalid_request', message, { field: option })
}
