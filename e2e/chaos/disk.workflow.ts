import { setTimeout as wait } from 'node:timers/promises'
import { defineWorkflow } from '@monofil/server/worker'
import { z } from 'zod'
import { begin } from './outside.ts'

/** Items without a retry, whose results need room. */
export default defineWorkflow({
  name: 'disk',
  input: z.object({ outside: z.string(), items: z.int() }),
  steps: (step) => [
    step('list', (ctx) => Array.from({ length: ctx.input.items }, (_, i) => i)),
    step('fill', { each: 'list' }, async (ctx) => {
      const { token, end } = begin(ctx.input.outside, ctx)
      await wait(150)
      end()
      return { token, room: 'x'.repeat(2_000) }
    }),
  ],
})
