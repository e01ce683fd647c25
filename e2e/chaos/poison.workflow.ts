import { setTimeout as wait } from 'node:timers/promises'
import { defineWorkflow } from '@monofil/server/worker'
import { z } from 'zod'
import { begin } from './outside.ts'

/** Items that end their process, at once or after a while, among others that do no harm. */
export default defineWorkflow({
  name: 'poison',
  input: z.object({
    outside: z.string(),
    items: z.array(z.object({ kind: z.enum(['work', 'exit', 'kill', 'throw']), ms: z.int() })),
  }),
  steps: (step) => [
    step('list', (ctx) => ctx.input.items),
    step('treat', { each: 'list' }, async (ctx, item: { kind: string; ms: number }) => {
      const { token, end } = begin(ctx.input.outside, ctx)
      await wait(item.ms)
      if (item.kind === 'exit') process.exit(3)
      if (item.kind === 'kill') process.kill(process.pid, 'SIGKILL')
      // An error that nobody catches, outside of what the handler answers.
      if (item.kind === 'throw')
        setImmediate(() => {
          throw new Error('nobody catches this')
        })
      if (item.kind !== 'work') await wait(60_000)
      end()
      return token
    }),
  ],
})
