import { appendFileSync } from 'node:fs'
import { defineLimit, defineWorkflow } from '@monofil/server/worker'
import { z } from 'zod'

const api = defineLimit({ name: 'calls-api', rate: '20/s' })

/** Writes when each of its items starts (ms since 1970) and in which process into a file. */
export default defineWorkflow({
  name: 'calls',
  input: z.object({ items: z.number().int(), file: z.string() }),
  steps: (step) => [
    step('list', (ctx) => Array.from({ length: ctx.input.items }, (_, n) => n)),
    step('call', { each: 'list', limits: [api] }, (ctx, n: number) => {
      appendFileSync(ctx.input.file, `${performance.timeOrigin + performance.now()} ${process.pid}\n`)
      return n
    }),
  ],
})
