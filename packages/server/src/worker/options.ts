import { isId, MonofilError } from '@monofil/protocol'
import type { LimitPlan, Rate } from '../runs/limit.ts'
import type { StepPlan } from '../seams/store.ts'
import { parseRate, type RateOption } from './limit.ts'

/** How a failed item is tried again. */
export interface Retry {
  /** Attempts after the first; 0 when left out. */
  readonly retries?: number
  /** Delay before the first retry, in ms; 1,000 when left out. */
  readonly minMs?: number
  /** The longest delay, in ms; 60,000 when left out. */
  readonly maxMs?: number
  /** What each delay is of the one before; 2 when left out. */
  readonly factor?: number
}

/** What a step may be told beside its name and its code. */
export interface StepOptions {
  /** The step this one runs over: one item per entry of its result, or per completed item if it has many itself. */
  readonly each?: string
  /** Steps that must be over before this one begins; without `each` and `after` it follows the step above it. */
  readonly after?: readonly string[]
  /** How many items of the step run at once, over all workers; no limit but the workers' own when left out. */
  readonly concurrency?: number
  /** How many items of the step start in a time, over all workers and runs: `10/s`, evenly spaced. No limit when left out. */
  readonly rate?: RateOption
  /** Limits shared with other steps (`defineLimit`): an item starts when all of them let it. */
  readonly limits?: readonly LimitPlan[]
  /** Retries after a failure (a number, or more exactly); none when left out. */
  readonly retry?: number | Retry
  /** How long one attempt may take, in ms; 10 minutes when left out. */
  readonly timeoutMs?: number
  /** The step's share of the run's progress, relative to the other steps; 1 when left out. */
  readonly weight?: number
}

/** More than any set of workers runs at once: no limit. */
const UNLIMITED = 100_000
const DAY_MS = 86_400_000
const KNOWN = ['each', 'after', 'concurrency', 'rate', 'limits', 'retry', 'timeoutMs', 'weight'] as const
const KNOWN_RETRY = ['retries', 'minMs', 'maxMs', 'factor'] as const

/** What `planStep` cannot know of a step: whose it is. */
export interface PlannedStep extends StepPlan {
  /** Its own rate, which becomes a limit named after workflow and step. */
  readonly rate: Rate | null
}

/** The step's plan with defaults filled in. @throws `invalid_request` naming the step, the option and what it accepts. */
export function planStep(name: string, options: StepOptions): PlannedStep {
  refuseUnknown(name, options, KNOWN)
  const { each = null, after = [], retry = 0 } = options
  const detailed = typeof retry === 'number' ? { retries: retry } : retry
  refuseUnknown(name, detailed, KNOWN_RETRY)
  if (options.after !== undefined && (!Array.isArray(after) || after.length === 0)) {
    throw mistake(name, 'after', 'a list of at least one step name', after)
  }
  const whole = (option: string, value: number, min: number, max: number): number =>
    checked(name, option, { value, min, max, whole: true })
  const minMs = whole('retry.minMs', detailed.minMs ?? 1_000, 0, DAY_MS)
  return {
    name,
    each,
    after,
    weight: checked(name, 'weight', { value: options.weight ?? 1, min: 1e-6, max: 1e6, whole: false }),
    concurrency: whole('concurrency', options.concurrency ?? UNLIMITED, 1, UNLIMITED),
    attempts: 1 + whole('retry', detailed.retries ?? 0, 0, 1_000),
    backoff: {
      minMs,
      maxMs: whole('retry.maxMs', detailed.maxMs ?? Math.max(60_000, minMs), minMs, DAY_MS),
      factor: checked(name, 'retry.factor', { value: detailed.factor ?? 2, min: 1, max: 100, whole: false }),
    },
    timeoutMs: whole('timeoutMs', options.timeoutMs ?? 600_000, 1, 7 * DAY_MS),
    rate: options.rate === undefined ? null : parseRate(options.rate),
    limits: limitsOf(name, options.limits ?? []),
  }
}

function limitsOf(step: string, limits: readonly LimitPlan[]): readonly LimitPlan[] {
  const fits = Array.isArray(limits) && limits.every((limit) => isId(limit?.name) && 'rate' in limit)
  if (!fits) throw mistake(step, 'limits', 'a list of what defineLimit answers', limits)
  const twice = limits.find(({ name }, i) => limits.findIndex((other) => other.name === name) < i)
  // It would take two slots and two seats for each item.
  if (twice !== undefined)
    throw mistake(
      step,
      'limits',
      'a list that names each limit once',
      limits.map(({ name }) => name),
    )
  return limits.map(({ name, rate, concurrency }) => ({ name, rate, concurrency }))
}

function checked(
  step: string,
  option: string,
  rule: { readonly value: unknown; readonly min: number; readonly max: number; readonly whole: boolean },
): number {
  const { value, min, max, whole } = rule
  const fits = typeof value === 'number' && value >= min && value <= max && (!whole || Number.isInteger(value))
  if (!fits) throw mistake(step, option, `a ${whole ? 'whole ' : ''}number from ${min} to ${max}`, value)
  return value
}

function refuseUnknown(step: string, given: unknown, known: readonly string[]): void {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new MonofilError('invalid_request', `Step "${step}": its options must be an object of ${known.join(', ')}.`)
  }
  const unknown = Object.keys(given).find((key) => !known.includes(key))
  if (unknown === undefined) return
  const message = `Step "${step}" has an unknown option "${unknown}": accepted are ${known.join(', ')}.`
  throw new MonofilError('invalid_request', message, { field: unknown })
}

function mistake(step: string, option: string, accepted: string, value: unknown): MonofilError {
  const message = `Step "${step}": ${option} must be ${accepted}, not ${JSON.stringify(value) ?? String(value)}.`
  return new MonofilError('invalid_request', message, { field: option })
}
