import { MonofilError } from '@monofil/protocol'
import { z } from 'zod'
import type { WorkflowPlan } from '../seams/store.ts'
import { findingsOf, safely } from './parse.ts'

/** How many compiled schemas are kept. */
const KEPT = 200

/** Checks inputs of runs by the JSON Schema that the workflow registered, each compiled once. */
export class InputCheck {
  readonly #compiled = new Map<string, z.ZodType | undefined>()

  /** @throws `invalid_input` with what is wrong and where. */
  check(plan: WorkflowPlan, input: unknown): void {
    const schema = plan.inputSchemaJson === null ? undefined : this.#schema(plan.inputSchemaJson)
    if (schema === undefined) return
    const result = safely(() => schema.safeParse(input))
    if (result.success) return
    const findings = findingsOf(result.error)
    const first = findings[0]
    const where = first === undefined || first.field === '' ? 'The input' : first.field
    const words = `${where}: ${first?.message ?? 'not as the workflow wants it'}`
    throw new MonofilError('invalid_input', words, { field: 'input', findings })
  }

  // A schema that says more than can be compiled is left to the worker, who has the real one.
  #schema(text: string): z.ZodType | undefined {
    if (this.#compiled.has(text)) return this.#compiled.get(text)
    if (this.#compiled.size >= KEPT) this.#compiled.clear()
    let schema: z.ZodType | undefined
    try {
      schema = z.fromJSONSchema(JSON.parse(text))
    } catch {
      schema = undefined
    }
    this.#compiled.set(text, schema)
    return schema
  }
}
