import { isId, MonofilError } from '@monofil/protocol'
import type { StepContext, StepHandler } from './context.ts'
import { type PlannedStep, planStep, type StepOptions } from './options.ts'

/** One step of a workflow whose input is `Input`. */
export interface StepDefinition<Input = unknown> {
  readonly plan: PlannedStep
  /** A method, so that a step whose item type its author named still fits a workflow's list of steps. */
  run(context: StepContext<Input>, item: unknown): unknown
}

/** Makes steps that know the workflow's input. */
export interface StepMaker<Input> {
  <Item = unknown>(name: string, handler: StepHandler<Input, Item>): StepDefinition<Input>
  <Item = unknown>(name: string, options: StepOptions, handler: StepHandler<Input, Item>): StepDefinition<Input>
}

/**
 * A step on its own, for lists that are put together elsewhere; `ctx.input` is what the handler's annotation says
 * (`ctx: StepContext<Input>`). Inside `steps: (step) => […]` it is inferred.
 * @throws `invalid_request` for a bad name or option.
 */
export function step<Input, Item>(name: string, handler: StepHandler<Input, Item>): StepDefinition<Input>
export function step<Input, Item>(
  name: string,
  options: StepOptions,
  handler: StepHandler<Input, Item>,
): StepDefinition<Input>
export function step<Input, Item>(
  name: string,
  second: StepOptions | StepHandler<Input, Item>,
  third?: StepHandler<Input, Item>,
): StepDefinition<Input> {
  if (!isId(name)) {
    const message = `A step's name must be an id (1 to 128 of A-Z a-z 0-9 . _ : -), not ${JSON.stringify(name)}.`
    throw new MonofilError('invalid_request', message)
  }
  const [options, handler] = typeof second === 'function' ? [{}, second] : [second, third]
  if (typeof handler !== 'function') {
    throw new MonofilError('invalid_request', `Step "${name}" has no code: give it a function as its last argument.`)
  }
  return {
    plan: planStep(name, options),
    // The store hands each item to the step it was made for; what it holds is the author's word.
    run: (context, item) => handler(context, item as Item),
  }
}
