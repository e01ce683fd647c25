import { z } from 'zod'
import { checkInput, compileInput } from '../runs/input.ts'
import type { WorkflowPlan } from '../seams/store.ts'

/** How many compiled schemas are kept. */
const KEPT = 200

/** Checks inputs of runs by the JSON Schema that the workflow registered, each compiled once. */
export class InputCheck {
  readonly #compiled = new Map<string, z.ZodType | undefined>()

  /** @throws `invalid_input` with what is wrong and where. */
  check(plan: WorkflowPlan, input: unknown): void {
    const schema = plan.inputSchemaJson === null ? undefined : this.#schema(plan.inputSchemaJson)
    if (schema !== undefined) checkInput(schema, input)
  }

  // A schema that says more than can be compiled is left to the worker, who has the real one.
  #schema(text: string): z.ZodType | undefined {
    if (this.#compiled.has(text)) return this.#compiled.get(text)
    if (this.#compiled.size >= KEPT) this.#compiled.clear()
    const schema = compileInput(text, z)
    this.#compiled.set(text, schema)
    return schema
  }
}
