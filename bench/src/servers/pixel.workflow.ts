/** Items that end one by one, each a moment after the other, with the time at which their handler was done. */
import { setTimeout as pause } from 'node:timers/promises'
import { defineWorkflow } from '@monofil/server/worker'
import { z } from 'zod'

const pixels = defineWorkflow({
  name: 'pixels',
  input: z.object({ count: z.number() }),
  steps: (step) => [
    step('list', (ctx) => Array.from({ length: ctx.input.count }, (_, n) => n)),
    step('settle', { each: 'list', concurrency: 1 }, async () => {
      // Further apart than states are gathered (100 ms), so that each is a change of its own.
      await pause(150 + Math.random() * 200)
      return { at: Date.now() }
    }),
  ],
})

export default [pixels]
