import { MonofilError } from '@monofil/protocol'
import { type Owner, openOwner, startRun } from '@monofil/testkit/socket-owner'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createLocalBus } from '../hub/local-bus.ts'
import { silentLogger } from '../seams/system.ts'
import { createWorker, defineWorkflow, type Worker } from './index.ts'

let owner: Owner
let worker: Worker | undefined
let said: string[]
/** Refusals still to come. */
let refusals: number
let asked: number

beforeEach(async () => {
  owner = await openOwner(createLocalBus)
  said = []
  asked = 0
})
afterEach(async () => {
  await worker?.stop({ graceMs: 0 })
  await owner.close()
})

it('says once that the store takes nothing, why, and when it does again', async () => {
  const { store, bus } = owner
  refusals = 4
  const claim: typeof store.work.claim = (request) => {
    asked += 1
    if (refusals-- > 0) return Promise.reject(new MonofilError('store_full', 'The disk is full.'))
    return store.work.claim(request)
  }
  const workflow = defineWorkflow({ name: 'w', steps: (step) => [step('only', () => 1)] })
  const say = (message: string, fields?: object): number => said.push(`${message} ${JSON.stringify(fields)}`)
  worker = createWorker({
    store: { ...store, epoch: store.epoch, work: { ...store.work, claim } },
    bus,
    workflows: [workflow],
    id: 'w1',
    logger: { ...silentLogger, info: say, warn: say },
    random: () => 0,
  })
  await worker.start()
  await startRun(store, 'r1', 'w')
  await vi.waitFor(async () => expect(await store.runs.get('r1')).toMatchObject({ status: 'completed' }), 10_000)
  expect(asked).toBeGreaterThan(4)
  expect(said).toEqual([
    'The store is away; the worker waits for it. {"worker":"w1","error":"The disk is full."}',
    'The store is back. {"worker":"w1"}',
  ])
})
