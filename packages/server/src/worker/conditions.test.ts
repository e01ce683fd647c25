import type { Run } from '@monofil/protocol'
import { itemsOf, type Owner, openOwner, startRun } from '@monofil/testkit/socket-owner'
import { afterEach, beforeEach, expect, expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import { createLocalBus } from '../hub/local-bus.ts'
import { createWorker, defineLimit, defineWorkflow, step, type Worker, type Workflow } from './index.ts'

let owner: Owner
let worker: Worker
beforeEach(async () => {
  owner = await openOwner(createLocalBus)
})
afterEach(async () => {
  await worker.stop({ graceMs: 0 })
  await owner.close()
})

/** The run of this workflow, when `until` holds of it. */
async function run(
  workflow: Workflow,
  until = (run: Run) => run.finishedAt !== null,
  input: unknown = {},
): Promise<Run> {
  worker = createWorker({ store: owner.store, bus: owner.bus, workflows: [workflow], id: 'w1' })
  await worker.start()
  await startRun(owner.store, 'r1', workflow.name, input)
  return reached(until)
}

async function reached(until: (run: Run) => boolean): Promise<Run> {
  let seen: Run | undefined
  await expect
    .poll(async () => {
      seen = await owner.store.runs.get('r1')
      return seen !== undefined && until(seen)
    })
    .toBe(true)
  if (seen === undefined) throw new Error('the run is gone')
  return seen
}

const words = ['a', 'bb', 'ccc', 'dddd']

it('asks `when` of each item, with its input and type, and works on those it wants', async () => {
  const asked: string[] = []
  const worked: string[] = []
  const workflow = defineWorkflow({
    name: 'words',
    input: z.object({ least: z.number() }),
    steps: (step) => [
      step('list', () => words),
      step(
        'long',
        {
          each: 'list',
          when: (ctx, word: string) => {
            expectTypeOf(ctx.input.least).toEqualTypeOf<number>()
            asked.push(word)
            return word.length >= ctx.input.least
          },
        },
        (_ctx, word) => {
          expectTypeOf(word).toEqualTypeOf<string>()
          worked.push(word)
          return word
        },
      ),
      step('all', { after: ['long'] }, (ctx) => ctx.results<string>('long').all()),
    ],
  })
  expect(await run(workflow, undefined, { least: 3 })).toMatchObject({ status: 'completed', result: ['ccc', 'dddd'] })
  expect(asked.sort()).toEqual(words)
  expect(worked.sort()).toEqual(['ccc', 'dddd'])
})

it('what is skipped takes no slot of a rate', async () => {
  const slow = defineLimit({ name: 'slow', rate: '2/min' })
  const workflow = defineWorkflow({
    name: 'words',
    steps: (step) => [
      step('list', () => Array.from({ length: 50 }, (_, n) => n)),
      step('one', { each: 'list', limits: [slow], when: async (_ctx, n: number) => n === 49 }, (_ctx, n) => n),
    ],
  })
  // 50 slots of this rate are 25 minutes.
  const ended = await run(workflow)
  expect(ended).toMatchObject({ status: 'completed', steps: [{}, { skipped: 49, counts: { completed: 50 } }] })
})

it('a `when` that throws is a failure like the handler’s, classed by `errorCode`', async () => {
  let calls = 0
  const workflow = defineWorkflow({
    name: 'w',
    steps: [
      step(
        'only',
        {
          retry: { retries: 0, minMs: 1, codes: { 'net_*': 2 } },
          errorCode: (error) => (error instanceof TypeError ? 'net_reset' : undefined),
          when: () => {
            calls += 1
            if (calls < 3) throw new TypeError('reset')
            return true
          },
        },
        () => 'done',
      ),
    ],
  })
  expect(await run(workflow)).toMatchObject({ status: 'completed', result: 'done' })
  expect((await itemsOf(owner.store, 'r1'))[0]).toMatchObject({ attempts: 3 })
})

it('a `when` that answers neither true nor false fails the item at once, and says so', async () => {
  const when = (() => undefined) as unknown as () => boolean
  const workflow = defineWorkflow({ name: 'w', steps: [step('only', { retry: 3, when }, () => 'done')] })
  const message = 'The when of step "only" must answer true or false, not undefined.'
  expect(await run(workflow)).toMatchObject({ status: 'failed', error: { code: 'invalid_when', message } })
  expect((await itemsOf(owner.store, 'r1'))[0]).toMatchObject({ attempts: 1 })
})

it('waits for an approval and a signal, and hands on what they said', async () => {
  const workflow = defineWorkflow({
    name: 'order',
    input: z.object({ sum: z.number() }),
    steps: (step) => [
      step('check', (ctx) => [ctx.input.sum, ctx.input.sum + 1]),
      step.approval('review', { each: 'check', timeoutMs: 60_000 }),
      step('book', { each: 'review' }, (_ctx, { item, by }: { item: number; by: string }) => `${item} by ${by}`),
      step.signal('paid', { after: ['book'] }),
      step('end', async (ctx) => [...(await ctx.results('book').all()), ...(await ctx.results('paid').all())]),
    ],
  })
  await run(workflow, ({ waiting }) => waiting?.reason === 'approval', { sum: 5 })
  const answer = (item: string) => owner.store.runs.signal('r1', { step: 'review', item, by: 'alice', approve: true })
  await Promise.all([answer('review:1'), answer('review:2')])
  await reached(({ waiting }) => waiting?.reason === 'signal')
  await owner.store.runs.signal('r1', { step: 'paid', by: 'shop', dataJson: '{"ok":true}' })
  expect(await reached(({ finishedAt }) => finishedAt !== null)).toMatchObject({
    status: 'completed',
    result: ['5 by alice', '6 by alice', { ok: true }],
  })
})

it.each([
  ['an unknown option', { retry: 3 }, /unknown option "retry": accepted are each, after, roles, timeoutMs, weight/],
  ['bad roles', { roles: 'manager' }, /roles must be a list of roles, not "manager"/],
  ['a bad timeout', { timeoutMs: 1 }, /timeoutMs must be a whole number from 1000/],
])('an approval refuses %s', async (_, options, words) => {
  expect(() => step.approval('review', options as never)).toThrow(words)
  worker = createWorker({
    store: owner.store,
    bus: owner.bus,
    id: 'w1',
    workflows: [defineWorkflow({ name: 'w', steps: [step.signal('s')] })],
  })
})
