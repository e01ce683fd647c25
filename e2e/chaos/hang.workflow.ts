import { setTimeout as wait } from 'node:timers/promises'
import { defineLimit, defineWorkflow, type StepContext } from '@monofil/server/worker'
import { z } from 'zod'
import { begin } from './outside.ts'

interface Work {
  /** `hang`: never answers, whatever its signal says. `block`: keeps the loop busy, the first time only with `once`. */
  readonly kind: 'work' | 'hang' | 'block'
  readonly ms: number
  readonly once?: boolean
}
type Input = z.infer<typeof input>

const input = z.object({ outside: z.string(), items: z.array(z.unknown()) })
const seats = defineLimit({ name: 'seats', concurrency: 2 })

async function handle(ctx: StepContext<Input>, item: Work): Promise<string> {
  const { token, end } = begin(ctx.input.outside, ctx)
  if (item.kind === 'hang') await new Promise(() => {})
  const blocks = item.kind === 'block' && (item.once !== true || ctx.attempt === 1)
  if (blocks) busy(item.ms)
  else await wait(item.kind === 'block' ? 0 : item.ms)
  end()
  return token
}

/** What nobody should write, and everybody does once. */
function busy(ms: number): void {
  const until = performance.now() + ms
  while (performance.now() < until);
}

const common = { each: 'list', retry: { retries: 2, minMs: 20, maxMs: 100 } } as const

export default [
  defineWorkflow({
    name: 'hasty',
    input,
    steps: (step) => [step('list', (ctx) => ctx.input.items), step('do', { ...common, timeoutMs: 1_000 }, handle)],
  }),
  defineWorkflow({
    name: 'patient',
    input,
    steps: (step) => [step('list', (ctx) => ctx.input.items), step('do', common, handle)],
  }),
  defineWorkflow({
    name: 'seated',
    input,
    steps: (step) => [step('list', (ctx) => ctx.input.items), step('do', { ...common, limits: [seats] }, handle)],
  }),
]
