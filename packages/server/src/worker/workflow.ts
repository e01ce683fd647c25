import { type Budget, isId, MonofilError } from '@monofil/protocol'
import { z } from 'zod'
import { RUN_END_AUDIENCES, type RunEndAudience } from '../notifications/rules.ts'
import { parseMoney } from '../runs/usage.ts'
import type { StepPlan, WorkflowPlan } from '../seams/store.ts'
import { checkGraph } from './graph.ts'
import type { PlannedStep } from './options.ts'
import { type StepDefinition, type StepMaker, step } from './step.ts'

/** Shared by every copy of this module, so that a workflow file may load another one than the worker did. */
const BRAND = Symbol.for('monofil.workflow.v1')
const KNOWN = ['name', 'input', 'steps', 'exclusive', 'controlledByRoles', 'budget', 'sample', 'notify']

/** What `defineWorkflow` takes. */
export interface WorkflowDefinition<Schema extends z.ZodType> {
  /** An id; runs are started by it. */
  readonly name: string
  /** The schema of a run's input; anything goes when left out. */
  readonly input?: Schema
  /** The steps in order, or a function of `step` that answers them, in which `ctx.input` has the schema's type. */
  readonly steps:
    | readonly StepDefinition<z.output<Schema>>[]
    | ((step: StepMaker<z.output<Schema>>) => readonly StepDefinition<z.output<Schema>>[])
  /** One active run per key (and one without key) at a time; false when left out. */
  readonly exclusive?: boolean
  /**
   * The roles named on a run may pause, resume, cancel, retry, change and delete it, as its owner may; false when left
   * out: they read it. Holds for all of its runs, those that exist too.
   */
  readonly controlledByRoles?: boolean
  /** What each run may use before it pauses by itself, unless it is started with a budget of its own; no bound when left out. */
  readonly budget?: Budget
  /**
   * How many items of each list are done before a run waits for `resume`, its results and projected cost in view, unless
   * it is started with a number of its own; all when left out. Scheduled runs never wait: nobody is there.
   */
  readonly sample?: number
  /**
   * Whom the end of a run notifies, in the run's own transaction: its `owner`, its `watchers` (the owner and the roles
   * named on it) or `nobody`. As the hub is set up when left out, which is nobody.
   */
  readonly notify?: RunEndAudience
}

/** A workflow, checked and ready to be registered. */
export interface Workflow {
  readonly name: string
  readonly input: z.ZodType
  readonly exclusive: boolean
  readonly controlledByRoles: boolean
  readonly budget: Budget | null
  readonly sample: number | null
  readonly notify: RunEndAudience | undefined
  readonly steps: ReadonlyMap<string, StepDefinition>
}

/**
 * Defines a workflow:
 * ```ts
 * export default defineWorkflow({
 *   name: 'photos',
 *   input: z.object({ folder: z.string() }),
 *   steps: (step) => [
 *     step('list', async (ctx) => listFiles(ctx.input.folder)),
 *     step('analyse', { each: 'list', concurrency: 4, retry: 3 }, async (ctx, file: string) => measure(file, ctx.signal)),
 *     step('summary', { after: ['analyse'] }, async (ctx) => inventory(ctx.results('analyse'))),
 *   ],
 * })
 * ```
 * @throws `invalid_request` naming what is wrong: a name, an option, a step twice, an unknown `each` or `after`, a cycle.
 */
export function defineWorkflow<Schema extends z.ZodType = z.ZodUnknown>(
  definition: WorkflowDefinition<Schema>,
): Workflow {
  const { name, exclusive = false, controlledByRoles = false, budget = null, sample = null, notify } = definition
  if (!isId(name)) {
    const message = `A workflow's name must be an id (1 to 128 of A-Z a-z 0-9 . _ : -), not ${JSON.stringify(name)}.`
    throw new MonofilError('invalid_request', message)
  }
  const unknown = Object.keys(definition).find((key) => !KNOWN.includes(key))
  if (unknown !== undefined) {
    throw mistake(name, `has an unknown option "${unknown}": accepted are ${KNOWN.join(', ')}`)
  }
  if (typeof controlledByRoles !== 'boolean') throw mistake(name, 'has controlledByRoles that is not true or false')
  checkBudget(name, budget)
  if (sample !== null && !isCount(sample, 1)) throw mistake(name, 'has a sample that is not a whole number from 1')
  if (notify !== undefined && !RUN_END_AUDIENCES.includes(notify)) {
    throw mistake(name, `has notify that is not one of ${RUN_END_AUDIENCES.join(', ')}`)
  }
  const input = definition.input ?? z.unknown()
  if (typeof input.safeParseAsync !== 'function') throw mistake(name, 'needs a zod schema as its input')
  const steps = typeof definition.steps === 'function' ? definition.steps(step) : definition.steps
  if (!Array.isArray(steps) || steps.length === 0) throw mistake(name, 'has no steps')
  checkGraph(
    name,
    steps.map(({ plan }) => plan),
  )
  // A step is only ever run with input that this workflow's own schema has parsed.
  const byName = new Map(steps.map((each) => [each.plan.name, each as StepDefinition]))
  const workflow = { name, input, exclusive, controlledByRoles, budget, sample, notify, steps: byName }
  Object.defineProperty(workflow, BRAND, { value: true })
  return Object.freeze(workflow)
}

function checkBudget(workflow: string, budget: Budget | null): void {
  if (budget === null) return
  if (typeof budget !== 'object')
    throw mistake(workflow, 'has a budget that is no object of tokens, cost, items, timeMs')
  for (const [part, bound] of Object.entries(budget)) {
    if (part === 'cost') {
      if (typeof bound === 'string' && parseMoney(bound) !== undefined) continue
      throw mistake(workflow, 'has a budget.cost that is no decimal string with at most 6 places')
    }
    if (!['tokens', 'items', 'timeMs'].includes(part)) {
      throw mistake(workflow, `has a budget with an unknown "${part}": accepted are tokens, cost, items, timeMs`)
    }
    if (!isCount(bound, 0)) throw mistake(workflow, `has a budget.${part} that is not a whole number from 0`)
  }
}

function isCount(value: unknown, min: number): boolean {
  return Number.isSafeInteger(value) && Number(value) >= min
}

/** Whether a value, as a file's default export, came from `defineWorkflow`. */
export function isWorkflow(value: unknown): value is Workflow {
  return typeof value === 'object' && value !== null && BRAND in value
}

/** What the store must know of a workflow to drive it. */
export function planOf(workflow: Workflow): WorkflowPlan {
  return {
    name: workflow.name,
    steps: [...workflow.steps.values()].map(({ plan }) => stepPlan(workflow.name, plan)),
    inputSchemaJson: schemaJson(workflow.input),
    exclusive: workflow.exclusive,
    ...(workflow.controlledByRoles ? { controlledByRoles: true } : {}),
    ...(workflow.budget === null ? {} : { budget: workflow.budget }),
    ...(workflow.sample === null ? {} : { sample: workflow.sample }),
    ...(workflow.notify === undefined ? {} : { notify: workflow.notify }),
  }
}

/** A step's own rate is a limit like any other, under a name that no other has: no id holds a slash. */
function stepPlan(workflow: string, { rate, limits = [], ...plan }: PlannedStep): StepPlan {
  const own = rate === null ? [] : [{ name: `${workflow}/${plan.name}`, rate, concurrency: null }]
  const all = [...own, ...limits]
  return all.length === 0 ? plan : { ...plan, limits: all }
}

/** The JSON Schema that the hub checks a new run's input with; null where zod has none, then only the worker checks. */
function schemaJson(schema: z.ZodType): string | null {
  if (schema instanceof z.ZodUnknown || schema instanceof z.ZodAny) return null
  try {
    return JSON.stringify(z.toJSONSchema(schema, { io: 'input' }))
  } catch {
    return null
  }
}

function mistake(workflow: string, what: string): MonofilError {
  return new MonofilError('invalid_request', `Workflow "${workflow}" ${what}.`)
}
