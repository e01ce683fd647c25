import { describe, expect, expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import { defineWorkflow, isWorkflow, planOf, type StepContext, step } from './index.ts'

const nothing = (): null => null

describe('defineWorkflow', () => {
  it('types ctx.input from the schema, defaults applied, and lets the handler name its item', () => {
    const workflow = defineWorkflow({
      name: 'photos',
      input: z.object({ folder: z.string(), depth: z.number().default(3) }),
      steps: (step) => [
        step('list', async (ctx) => {
          expectTypeOf(ctx.input).toEqualTypeOf<{ folder: string; depth: number }>()
          return [ctx.input.folder]
        }),
        step('analyse', { each: 'list', retry: 2 }, async (ctx, file: string) => {
          expectTypeOf(ctx.input.depth).toEqualTypeOf<number>()
          expectTypeOf(ctx.signal).toEqualTypeOf<AbortSignal>()
          return file.length
        }),
        step('summary', { after: ['analyse'] }, async (ctx, item) => {
          expectTypeOf(item).toEqualTypeOf<unknown>()
          for await (const size of ctx.results<number>('analyse')) expectTypeOf(size).toEqualTypeOf<number>()
          return ctx.results<number>('analyse').all()
        }),
      ],
    })
    expect(isWorkflow(workflow)).toBe(true)
    expect([...workflow.steps.keys()]).toEqual(['list', 'analyse', 'summary'])
  })

  it('takes steps made elsewhere, whose context is annotated', () => {
    const input = z.object({ folder: z.string() })
    const list = step('list', (ctx: StepContext<z.output<typeof input>>) => [ctx.input.folder])
    const steps = [list, step('analyse', { each: 'list' }, (_ctx, file: string) => file)]
    expect(defineWorkflow({ name: 'photos', input, steps: [...steps] }).steps.size).toBe(2)
    // @ts-expect-error a step for another input does not fit
    defineWorkflow({ name: 'x', input: z.object({ other: z.number() }), steps: [list] })
  })

  it.each([
    ['a bad name', { name: 'no spaces', steps: [step('a', nothing)] }, /name must be an id.*"no spaces"/],
    ['no steps', { name: 'w', steps: [] }, /"w" has no steps/],
    ['a step twice', { name: 'w', steps: [step('a', nothing), step('a', nothing)] }, /two steps named "a"/],
    ['an unknown each', { name: 'w', steps: [step('a', { each: 'z' }, nothing)] }, /no step for each: 'z'.*are a/],
    ['an unknown after', { name: 'w', steps: [step('a', { after: ['z'] }, nothing)] }, /no step for after: \['z'\]/],
    ['a step that waits for itself', { name: 'w', steps: [step('a', { after: ['a'] }, nothing)] }, /a → a/],
    [
      'a circle over the step above',
      { name: 'w', steps: [step('a', { after: ['c'] }, nothing), step('b', nothing), step('c', nothing)] },
      /wait for each other: a → c → b → a/,
    ],
    ['an unknown option', { name: 'w', steps: [step('a', nothing)], schedule: '* *' }, /unknown option "schedule"/],
    ['an input that is no schema', { name: 'w', input: {} as z.ZodType, steps: [step('a', nothing)] }, /zod schema/],
  ])('refuses %s in words', (_, definition, words) => {
    expect(() => defineWorkflow(definition)).toThrow(words)
  })

  it.each([
    ['bad name!', {}, /step's name must be an id/],
    [
      'a',
      { qps: 3 },
      /unknown option "qps": accepted are each, after, concurrency, rate, limits, when, retry, errorCode, timeoutMs, weight/,
    ],
    ['a', { rate: '10' }, /rate must be such as 10\/s/],
    ['a', { retry: { attempts: 2 } }, /unknown option "attempts": accepted are retries, minMs, maxMs, factor/],
    ['a', { retry: -1 }, /retry must be a whole number from 0 to 1000, not -1/],
    ['a', { retry: 'often' }, /must be an object|retry must be/],
    ['a', { retry: { codes: { quota: -1 } } }, /retry.codes.quota must be a whole number from 0 to 1000, not -1/],
    ['a', { retry: { codes: { quota: { often: 1 } } } }, /unknown option "often": accepted are retries, minMs/],
    ['a', { retry: { codes: [] } }, /must be an object of codes/],
    ['a', { retry: { codes: { '': 1 } } }, /retry.codes. must be a code/],
    ['a', { when: true }, /when must be a function, not true/],
    ['a', { errorCode: 'x' }, /errorCode must be a function/],
    ['a', { concurrency: 1.5 }, /concurrency must be a whole number/],
    ['a', { timeoutMs: 0 }, /timeoutMs must be a whole number from 1/],
    ['a', { weight: Number.NaN }, /weight must be a number/],
    ['a', { after: [] }, /after must be a list of at least one step name/],
    ['a', { after: 'b' }, /after must be a list/],
    ['a', null, /options must be an object/],
  ])('refuses the step %s with %o', (name, options, words) => {
    expect(() => step(name, options as never, nothing)).toThrow(words)
  })

  it('refuses a step without code', () => {
    expect(() => step('a', {}, undefined as never)).toThrow(/has no code/)
  })
})

describe('planOf', () => {
  it('says what the store must know, with defaults', () => {
    const workflow = defineWorkflow({
      name: 'w',
      exclusive: true,
      controlledByRoles: true,
      steps: [
        step('a', nothing),
        step('b', { each: 'a', concurrency: 4, retry: 3, timeoutMs: 30_000, weight: 98 }, nothing),
        step('c', { after: ['b'], retry: { retries: 1, minMs: 5, maxMs: 50, factor: 3 } }, nothing),
      ],
    })
    expect(planOf(workflow)).toEqual({
      name: 'w',
      exclusive: true,
      controlledByRoles: true,
      inputSchemaJson: null,
      steps: [
        {
          name: 'a',
          each: null,
          after: [],
          weight: 1,
          concurrency: 100_000,
          attempts: 1,
          backoff: { minMs: 1_000, maxMs: 60_000, factor: 2 },
          timeoutMs: 600_000,
        },
        expect.objectContaining({ each: 'a', concurrency: 4, attempts: 4, timeoutMs: 30_000, weight: 98 }),
        expect.objectContaining({ after: ['b'], attempts: 2, backoff: { minMs: 5, maxMs: 50, factor: 3 } }),
      ],
    })
  })

  it('gives the schema of the input as it is sent: what has a default may be left out', () => {
    const input = z.object({ folder: z.string(), depth: z.number().default(3) })
    const { inputSchemaJson } = planOf(defineWorkflow({ name: 'w', input, steps: [step('a', nothing)] }))
    expect(JSON.parse(inputSchemaJson ?? '')).toMatchObject({ type: 'object', required: ['folder'] })
  })

  it('says the budget and the sample of its runs', () => {
    const budget = { tokens: 1000, cost: '2.5' }
    const workflow = defineWorkflow({ name: 'w', budget, sample: 3, steps: [step('a', nothing)] })
    expect(planOf(workflow)).toMatchObject({ budget, sample: 3 })
  })

  it.each<readonly [string, object]>([
    ['sample', { sample: 0 }],
    ['budget', { budget: 5 }],
    ['budget.tokens', { budget: { tokens: 1.5 } }],
    ['budget.cost', { budget: { cost: 2.5 } }],
    ['"moons"', { budget: { moons: 1 } }],
  ])('refuses a bad one by its name: %s', (name, bad) => {
    expect(() => defineWorkflow({ name: 'w', steps: [step('a', nothing)], ...bad })).toThrow(name)
  })

  it('has no schema where JSON Schema has no word for it', () => {
    const input = z.object({ when: z.date() })
    expect(planOf(defineWorkflow({ name: 'w', input, steps: [step('a', nothing)] })).inputSchemaJson).toBeNull()
  })
})
