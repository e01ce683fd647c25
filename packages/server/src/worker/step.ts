import { isId, MonofilError, type StepSignal } from '@monofil/protocol'
import type { StepContext, StepHandler } from './context.ts'
import { type PlannedStep, planSignal, planStep, type SignalOptions, type StepOptions } from './options.ts'

/** One step of a workflow whose input is `Input`. */
export interface StepDefinition<Input = unknown> {
  readonly plan: PlannedStep
  /** Methods, so that a step whose item type its author named still fits a workflow's list of steps. */
  run(context: StepContext<Input>, item: unknown): unknown
  /** Whether an item is to be done; every one when left out. */
  when?(context: StepContext<Input>, item: unknown): boolean | Promise<boolean>
  /** The code of what `run` or `when` threw. */
  errorCode?(error: unknown): string | undefined
}

/** Makes steps that know the workflow's input. */
export interface StepMaker<Input> extends SignalMakers {
  <Item = unknown>(name: string, handler: StepHandler<Input, Item>): StepDefinition<Input>
  <Item = unknown>(
    name: string,
    options: StepOptions<Input, Item>,
    handler: StepHandler<Input, Item>,
  ): StepDefinition<Input>
}

interface SignalMakers {
  /**
   * A step that waits until somebody approves: `POST /v1/runs/{id}/signals` with `approve`. Its result is
   * `{ approved: true, by, at, note, data?, item? }`, `item` being what was approved where the step has many (`each`).
   * A refusal is a failure with the code `rejected`, an answer that does not come in time one with `timeout`.
   */
  approval(name: string, options?: SignalOptions): StepDefinition<never>
  /**
   * A step that waits for something to happen outside: `POST /v1/runs/{id}/signals`, whose `data` is its result. One
   * that comes before the step begins is kept for it (not with `each`).
   */
  signal(name: string, options?: SignalOptions): StepDefinition<never>
}

interface Step extends SignalMakers {
  <Input, Item>(name: string, handler: StepHandler<Input, Item>): StepDefinition<Input>
  <Input, Item>(
    name: string,
    options: StepOptions<Input, Item>,
    handler: StepHandler<Input, Item>,
  ): StepDefinition<Input>
}

/**
 * A step on its own, for lists that are put together elsewhere; `ctx.input` is what the handler's annotation says
 * (`ctx: StepContext<Input>`). Inside `steps: (step) => […]` it is inferred.
 * @throws `invalid_request` for a bad name or option.
 */
export const step: Step = Object.assign(workStep, {
  approval: (name: string, options: SignalOptions = {}) => signalStep(name, 'approval', options),
  signal: (name: string, options: SignalOptions = {}) => signalStep(name, 'signal', options),
})

function workStep<Input, Item>(
  name: string,
  second: StepOptions<Input, Item> | StepHandler<Input, Item>,
  third?: StepHandler<Input, Item>,
): StepDefinition<Input> {
  checkName(name)
  const [options, handler]: [StepOptions<Input, Item>, unknown] =
    typeof second === 'function' ? [{}, second] : [second, third]
  if (typeof handler !== 'function') {
    throw new MonofilError('invalid_request', `Step "${name}" has no code: give it a function as its last argument.`)
  }
  const plan = planStep(name, options)
  const { when, errorCode } = options
  return {
    plan,
    // The store hands each item to the step it was made for; what it holds is the author's word.
    run: (context, item) => (handler as StepHandler<Input, Item>)(context, item as Item),
    ...(when === undefined ? {} : { when: (context, item) => when(context, item as Item) }),
    ...(errorCode === undefined ? {} : { errorCode }),
  }
}

function signalStep(name: string, kind: StepSignal['kind'], options: SignalOptions): StepDefinition<never> {
  checkName(name)
  const plan = planSignal(name, kind, options)
  return {
    plan,
    run() {
      throw new MonofilError('internal', `Step "${name}" waits for an answer and has no code, yet it was run.`)
    },
  }
}

function checkName(name: unknown): void {
  if (isId(name)) return
  const message = `A step's name must be an id (1 to 128 of A-Z a-z 0-9 . _ : -), not ${JSON.stringify(name)}.`
  throw new MonofilError('invalid_request', message)
}
