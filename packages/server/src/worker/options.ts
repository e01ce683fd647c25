import { isId, isLabel, MonofilError, type StepSignal } from '@monofil/protocol'
import type { LimitPlan, Rate } from '../runs/limit.ts'
import type { RetryClass, StepPlan } from '../seams/store.ts'
import type { StepContext } from './context.ts'
import { parseRate, type RateOption } from './limit.ts'

/** How a failed item is tried again, or a failure with a code of its own. */
export interface RetryDelays {
  /** Attempts after the first; 0 when left out. */
  readonly retries?: number
  /** Delay before the first retry, in ms; 1,000 when left out. */
  readonly minMs?: number
  /** The longest delay, in ms; 60,000 when left out. */
  readonly maxMs?: number
  /** What each delay is of the one before; 2 when left out. */
  readonly factor?: number
}

/** How a failed item is tried again. */
export interface Retry extends RetryDelays {
  /**
   * By the code of a failure, or a prefix of codes with `*` at its end; the first that fits counts. A number is retries;
   * what a class leaves out is the step's own. `{ unauthorized: 0, quota: { retries: 20, minMs: 60_000 }, 'http_5*': 5 }`.
   */
  readonly codes?: Readonly<Record<string, number | RetryDelays>>
}

/** What a step comes after. */
export interface Dependencies {
  /** The step this one runs over: one item per entry of its result, or per completed item if it has many itself. */
  readonly each?: string
  /** Steps that must be over before this one begins; without `each` and `after` it follows the step above it. */
  readonly after?: readonly string[]
}

/** What a step may be told beside its name and its code. */
export interface StepOptions<Input = unknown, Item = never> extends Dependencies {
  /** How many items of the step run at once, over all workers; no limit but the workers' own when left out. */
  readonly concurrency?: number
  /** How many items of the step start in a time, over all workers and runs: `10/s`, evenly spaced. No limit when left out. */
  readonly rate?: RateOption
  /** Limits shared with other steps (`defineLimit`): an item starts when all of them let it. */
  readonly limits?: readonly LimitPlan[]
  /**
   * Whether an item is to be done: at false it is skipped, which is completed without a result, takes no place under the
   * step's limits, and nothing is made of it. Asked anew where an attempt is made again; true when left out.
   */
  readonly when?: (context: StepContext<Input>, item: Item) => boolean | Promise<boolean>
  /** Retries after a failure (a number, or more exactly); none when left out. */
  readonly retry?: number | Retry
  /** Names the code of what the handler threw, for `retry.codes` and groups of failures; undefined: the error's own. */
  readonly errorCode?: (error: unknown) => string | undefined
  /** How long one attempt may take, in ms; 10 minutes when left out. */
  readonly timeoutMs?: number
  /** The step's share of the run's progress, relative to the other steps; 1 when left out. */
  readonly weight?: number
}

/** More than any set of workers runs at once: no limit. */
const UNLIMITED = 100_000
const DAY_MS = 86_400_000
/** What a step may be told that waits for an answer from outside. */
export interface SignalOptions extends Dependencies {
  /** Who may answer beside the run's owner and admins; of an approval, in place of the owner. Nobody when left out. */
  readonly roles?: readonly string[]
  /** How long it waits, in ms; then it fails with `timeout`. 7 days when left out, at most 365. */
  readonly timeoutMs?: number
  /** The step's share of the run's progress, relative to the other steps; 1 when left out. */
  readonly weight?: number
}

const KNOWN_SIGNAL = ['each', 'after', 'roles', 'timeoutMs', 'weight'] as const
const KNOWN = [
  ...['each', 'after', 'concurrency', 'rate', 'limits', 'when', 'retry', 'errorCode', 'timeoutMs', 'weight'],
] as const
const KNOWN_DELAYS = ['retries', 'minMs', 'maxMs', 'factor'] as const

/** What `planStep` cannot know of a step: whose it is. */
export interface PlannedStep extends StepPlan {
  /** Its own rate, which becomes a limit named after workflow and step. */
  readonly rate: Rate | null
}

/** The step's plan with defaults filled in. @throws `invalid_request` naming the step, the option and what it accepts. */
export function planStep(name: string, options: StepOptions<never>): PlannedStep {
  refuseUnknown(name, options, KNOWN)
  for (const option of ['when', 'errorCode'] as const) {
    const given: unknown = options[option]
    if (given !== undefined && typeof given !== 'function') throw mistake(name, option, 'a function', given)
  }
  const retry: unknown = options.retry ?? 0
  refuseUnknown(name, typeof retry === 'number' ? {} : retry, [...KNOWN_DELAYS, 'codes'])
  const { codes = {}, ...delays }: Retry = typeof retry === 'number' ? { retries: retry } : (retry as Retry)
  const retryBy = classesOf(name, codes, delays)
  return {
    ...dependenciesOf(name, options),
    name,
    weight: weightOf(name, options),
    concurrency: whole(name, 'concurrency', { value: options.concurrency ?? UNLIMITED, min: 1, max: UNLIMITED }),
    ...delaysOf(name, 'retry', delays),
    ...(retryBy.length === 0 ? {} : { retryBy }),
    ...(options.when === undefined ? {} : { conditional: true }),
    timeoutMs: whole(name, 'timeoutMs', { value: options.timeoutMs ?? 600_000, min: 1, max: 7 * DAY_MS }),
    rate: options.rate === undefined ? null : parseRate(options.rate),
    limits: limitsOf(name, options.limits ?? []),
  }
}

/** The plan of a step that waits for answers. @throws as `planStep`. */
export function planSignal(name: string, kind: StepSignal['kind'], options: SignalOptions): PlannedStep {
  refuseUnknown(name, options, KNOWN_SIGNAL)
  const { roles = [], timeoutMs = 7 * DAY_MS } = options
  if (!Array.isArray(roles) || !roles.every(isLabel)) throw mistake(name, 'roles', 'a list of roles', roles)
  return {
    ...dependenciesOf(name, options),
    name,
    weight: weightOf(name, options),
    concurrency: UNLIMITED,
    attempts: 1,
    backoff: { minMs: 0, maxMs: 0, factor: 1 },
    timeoutMs: whole(name, 'timeoutMs', { value: timeoutMs, min: 1_000, max: 365 * DAY_MS }),
    signal: { kind, roles },
    rate: null,
  }
}

function weightOf(step: string, { weight = 1 }: { readonly weight?: number }): number {
  return checked(step, 'weight', { value: weight, min: 1e-6, max: 1e6, whole: false })
}

function dependenciesOf(step: string, { each, after }: Dependencies): Pick<StepPlan, 'each' | 'after'> {
  if (after !== undefined && (!Array.isArray(after) || after.length === 0)) {
    throw mistake(step, 'after', 'a list of at least one step name', after)
  }
  return { each: each ?? null, after: after ?? [] }
}

function classesOf(step: string, codes: Retry['codes'], own: RetryDelays): readonly RetryClass[] {
  refuseUnknown(step, codes, null)
  return Object.entries(codes ?? {}).map(([code, one]) => {
    const option = `retry.codes.${code}`
    if (!isLabel(code)) throw mistake(step, option, 'a code of 1 to 128 printable characters', code)
    refuseUnknown(step, typeof one === 'number' ? {} : one, KNOWN_DELAYS)
    return { code, ...delaysOf(step, option, { ...own, ...(typeof one === 'number' ? { retries: one } : one) }) }
  })
}

function delaysOf(step: string, option: string, delays: RetryDelays): Pick<StepPlan, 'attempts' | 'backoff'> {
  const { retries = 0, minMs: least = 1_000, maxMs, factor = 2 } = delays
  const minMs = whole(step, `${option}.minMs`, { value: least, min: 0, max: DAY_MS })
  return {
    attempts: 1 + whole(step, option, { value: retries, min: 0, max: 1_000 }),
    backoff: {
      minMs,
      maxMs: whole(step, `${option}.maxMs`, { value: maxMs ?? Math.max(60_000, minMs), min: minMs, max: DAY_MS }),
      factor: checked(step, `${option}.factor`, { value: factor, min: 1, max: 100, whole: false }),
    },
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

type Bounds = { readonly value: unknown; readonly min: number; readonly max: number }

function whole(step: string, option: string, bounds: Bounds): number {
  return checked(step, option, { ...bounds, whole: true })
}

function checked(step: string, option: string, rule: Bounds & { readonly whole: boolean }): number {
  const { value, min, max, whole } = rule
  const fits = typeof value === 'number' && value >= min && value <= max && (!whole || Number.isInteger(value))
  if (!fits) throw mistake(step, option, `a ${whole ? 'whole ' : ''}number from ${min} to ${max}`, value)
  return value
}

/** Refuses what is no object, and names that are not known (null: any name is). */
function refuseUnknown(step: string, given: unknown, known: readonly string[] | null): void {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    const of = known === null ? 'codes' : known.join(', ')
    throw new MonofilError('invalid_request', `Step "${step}": its options must be an object of ${of}.`)
  }
  if (known === null) return
  const unknown = Object.keys(given).find((key) => !known.includes(key))
  if (unknown === undefined) return
  const message = `Step "${step}" has an unknown option "${unknown}": accepted are ${known.join(', ')}.`
  throw new MonofilError('invalid_request', message, { field: unknown })
}

function mistake(step: string, option: string, accepted: string, value: unknown): MonofilError {
  const message = `Step "${step}": ${option} must be ${accepted}, not ${JSON.stringify(value) ?? String(value)}.`
  return new MonofilError('invalid_request', message, { field: option })
}
