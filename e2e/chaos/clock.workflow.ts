import { setTimeout as wait } from 'node:timers/promises'
import { defineWorkflow, RateLimited } from '@monofil/server/worker'
import { z } from 'zod'
import { RATE } from './clock-rate.ts'
import { begin } from './outside.ts'

/** Everything that waits for a time: a rate, backoffs, a "come back later", and leases that must be renewed. */
export default defineWorkflow({
  name: 'clock',
  input: z.object({ outside: z.string(), items: z.int() }),
  steps: (step) => [
    step('list', (ctx) => Array.from({ length: ctx.input.items }, (_, i) => i)),
    step('try', { each: 'list', rate: `${RATE}/s`, retry: { retries: 2, minMs: 1_000, maxMs: 2_000 } }, async (ctx) => {
      const { token, end } = begin(ctx.input.outside, ctx)
      await wait(20)
      end()
      if (ctx.item.index % 3 === 0 && ctx.attempt === 1) throw new Error('not the first time')
      return token
    }),
    step('ask', { each: 'try' }, async (ctx, tokenBefore: string) => {
      const { token, end } = begin(ctx.input.outside, ctx)
      // Longer than three leases now and then.
      await wait(ctx.item.index % 10 === 0 ? 4_000 : 20)
      end()
      if (ctx.item.index % 7 === 1 && Date.now() % 2 === 0 && tokenBefore !== '') throw new RateLimited(1_000)
      return token
    }),
  ],
})
