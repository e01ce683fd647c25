import { existsSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { defineLimit, defineWorkflow, NonRetryable } from '@monofil/server/worker'
import { z } from 'zod'
import { MODELS, READ_RATE } from './kills.ts'
import { begin } from './outside.ts'

const models = defineLimit({ name: 'models', rate: `${MODELS.rate}/s`, concurrency: MODELS.seats })

export default defineWorkflow({
  name: 'kills',
  input: z.object({ items: z.int(), outside: z.string(), gate: z.string() }),
  steps: (step) => [
    // Comes element by element, so that kills hit it too while its items are at work.
    step('list', async function* (ctx) {
      const { end } = begin(ctx.input.outside, ctx)
      for (let number = 0; number < ctx.input.items; number += 1) {
        if (number % 10 === 0) await wait(30)
        yield number
      }
      end()
    }),
    step(
      'read',
      { each: 'list', rate: `${READ_RATE}/s`, retry: { retries: 4, minMs: 20, maxMs: 200 } },
      async (ctx) => {
        const { token, end } = begin(ctx.input.outside, ctx)
        await wait(5 + (ctx.item.index % 20))
        end()
        if (ctx.item.index % 11 === 0 && ctx.attempt === 1) throw new Error('the first time never works')
        return token
      },
    ),
    step('score', { each: 'read', limits: [models] }, async (ctx) => {
      const { token, end } = begin(ctx.input.outside, ctx)
      await wait(5 + (ctx.item.index % 30))
      end()
      if (ctx.item.index % 50 === 0 && !existsSync(ctx.input.gate)) throw new NonRetryable('not in this round')
      return token
    }),
    step('summary', async (ctx) => {
      const { token, end } = begin(ctx.input.outside, ctx)
      let results = 0
      for await (const result of ctx.results('score')) if (typeof result === 'string') results += 1
      end()
      return { token, results }
    }),
  ],
})
