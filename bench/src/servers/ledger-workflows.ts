/** The workflows of the ledger's bench: items that do nothing, items that fail and are retried, items under a rate. */
import { defineLimit, defineWorkflow, NonRetryable } from '@monofil/server/worker'
import { z } from 'zod'

const input = z.object({ count: z.number(), paged: z.boolean() })
const RETRY = { retries: 2, minMs: 50, maxMs: 200 }

/** Names of the length that files have in a deep folder: 100,000 of them are 6 MB. */
function names(count: number): readonly string[] {
  return Array.from({ length: count }, (_, n) =>
    `archive/2026/photographs/room-${n % 97}/picture-${n}.jpeg`.padEnd(60, '_'),
  )
}

/** `paged`: the list comes element by element, as from a folder that is walked. */
function list({ count, paged }: z.output<typeof input>): unknown {
  return paged ? names(count).values() : names(count)
}

const noop = defineWorkflow({
  name: 'noop',
  input,
  steps: (step) => [
    step('list', (ctx) => list(ctx.input)),
    step('analyse', { each: 'list' }, () => null),
    step('store', { each: 'analyse' }, () => null),
  ],
})

const shared = defineLimit({ name: 'bench-shared', rate: '20000/s' })
const seats = defineLimit({ name: 'bench-seats', concurrency: 200 })

/** One of a hundred fails for good, one of ten needs a second attempt. */
const mixed = defineWorkflow({
  name: 'mixed',
  input,
  steps: (step) => [
    step('list', (ctx) => list(ctx.input)),
    step('analyse', { each: 'list', limits: [shared, seats], retry: RETRY }, (ctx) => {
      if (ctx.item.index % 100 === 0) throw new NonRetryable(`item ${ctx.item.index} cannot be read`)
      if (ctx.item.index % 10 === 1 && ctx.attempt === 1) throw new Error('the first attempt always fails')
      return { index: ctx.item.index, width: 1024, height: 768, sharp: true }
    }),
    step('store', { each: 'analyse', limits: [shared] }, () => null),
  ],
})

const paced = [2_000, 20_000].map((rate) =>
  defineWorkflow({
    name: `paced-${rate}`,
    input,
    steps: (step) => [
      step('list', (ctx) => list(ctx.input)),
      step('analyse', { each: 'list', rate: { count: rate, perMs: 1000 } }, () => null),
    ],
  }),
)

/** All items are there, and none begins: what a cancel and a retry of many cost. */
const held = defineWorkflow({
  name: 'held',
  input,
  steps: (step) => [
    step('list', (ctx) => list(ctx.input)),
    step('gate', ({ signal }) => new Promise((resolve) => signal.addEventListener('abort', resolve))),
    step('work', { each: 'list', after: ['gate'] }, () => null),
  ],
})

// biome-ignore lint/style/noDefaultExport: it is what a workflow file exports
export default [noop, mixed, held, ...paced]
