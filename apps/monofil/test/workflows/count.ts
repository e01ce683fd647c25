import { defineWorkflow } from '@monofil/server/worker'
import { z } from 'zod'

const input = z.object({
  items: z.number().int().min(1).max(10_000).default(5),
  /** How long each item takes. */
  waitMs: z.number().int().min(0).default(0),
  /** These fail. */
  fail: z.array(z.number().int()).default([]),
})

export default defineWorkflow({
  name: 'count',
  input,
  steps: (step) => [
    step('list', async (ctx) => Array.from({ length: ctx.input.items }, (_, index) => index + 1)),
    step('work', { each: 'list', concurrency: 4 }, async (ctx, item: number) => {
      await new Promise((resolve) => setTimeout(resolve, ctx.input.waitMs))
      if (ctx.input.fail.includes(item)) throw new Error(`number ${item} was not to be`)
      return item
    }),
    step('sum', { after: ['work'] }, async (ctx) => {
      let sum = 0
      for await (const result of ctx.results('work')) sum += Number(result)
      return { sum }
    }),
  ],
})
