import type { InboxItem } from '@monofil/protocol'
import { type Owner, openOwner, startRun } from '@monofil/testkit/socket-owner'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createLocalBus } from '../hub/local-bus.ts'
import { createWorker, defineWorkflow, type Worker, type Workflow } from './index.ts'

let owner: Owner
let worker: Worker | undefined
beforeEach(async () => {
  owner = await openOwner(createLocalBus)
})
afterEach(async () => {
  await worker?.stop({ graceMs: 0 })
  worker = undefined
  await owner.close()
})

async function run(workflow: Workflow): Promise<string> {
  worker = createWorker({ store: owner.store, bus: owner.bus, workflows: [workflow], id: 'w1' })
  await worker.start()
  await startRun(owner.store, 'r1', workflow.name, {})
  const finished = async () => (await owner.store.runs.list({ viewer: { all: true }, limit: 1 })).items[0]
  await expect.poll(async () => (await finished())?.finishedAt ?? null, { timeout: 15_000 }).not.toBeNull()
  return (await finished())?.owner ?? ''
}
const inbox = async (sub: string): Promise<readonly InboxItem[]> =>
  (await owner.store.notifications.inbox(sub, { state: 'inbox', limit: 50 })).items

describe('ctx.notify', () => {
  it("goes out with the item's result, once, in the name of the run's owner", async () => {
    const sender = await run(
      defineWorkflow({
        name: 'notifies',
        steps: (step) => [
          step('only', { retry: { retries: 1, minMs: 1 } }, (ctx) => {
            ctx.notify({ title: `attempt ${ctx.attempt}`, severity: 'high' }, { users: ['ann'] })
            if (ctx.attempt === 1) throw new Error('again')
          }),
        ],
      }),
    )
    expect(await inbox('ann')).toMatchObject([
      { title: 'attempt 2', severity: 'error', severityAsSent: 'high', sender },
    ])
  })

  it('fails the item, in words, where the notification is wrong', async () => {
    await run(
      defineWorkflow({
        name: 'wrong',
        steps: (step) => [step('only', (ctx) => void ctx.notify({ message: 'x' }, {}))],
      }),
    )
    const { items } = await owner.store.runs.items({ viewer: { all: true }, limit: 5 })
    expect(items[0]?.error).toMatchObject({ code: 'invalid_request', message: expect.stringContaining('to:') })
  })

  it('is over where somebody else has the id: the result counts all the same', async () => {
    const to = { users: ['bob'], roles: [], topics: [], all: false, except: [] }
    const none = {
      severityAsSent: null,
      module: null,
      action: null,
      link: null,
      dataJson: null,
      sendAt: null,
      ttlMs: null,
    }
    const texts = [{ language: '', title: 'first', message: null, details: null }]
    await owner.store.notifications.send({
      ...none,
      texts,
      severity: 'info',
      actions: [],
      to,
      id: 'same',
      sender: 'bob',
    })
    await run(
      defineWorkflow({
        name: 'taken',
        steps: (step) => [step('only', (ctx) => ctx.notify({ id: 'same', title: 'second' }, { users: ['ann'] }))],
      }),
    )
    expect(await inbox('ann')).toEqual([])
    expect((await owner.store.runs.list({ viewer: { all: true }, limit: 1 })).items[0]?.status).toBe('completed')
  })
})

describe("a run's end", () => {
  it('tells its owner where the workflow says so, with its counts, in the transaction that ends it', async () => {
    const ends: string[][] = []
    const stop = owner.bus.listen((message) => {
      if (message.kind !== 'commit') return
      const types = message.commit.events.map(({ topic, type }) => `${topic.split(':')[0]} ${type}`)
      if (types.includes('run complete')) ends.push(types)
    })
    const sub = await run(
      defineWorkflow({
        name: 'tells',
        notify: 'owner',
        steps: (step) => [
          step('list', () => [1, 2, 3]),
          step('work', { each: 'list' }, (_, n: number) => {
            if (n === 2) throw new Error('two')
          }),
        ],
      }),
    )
    stop()
    expect(ends).toHaveLength(1)
    expect(ends[0]).toContain('user notification')
    expect(await inbox(sub)).toMatchObject([
      {
        title: 'tells: completed in part',
        message: '3 items done, 1 failed',
        severity: 'warning',
        module: 'runs',
        action: 'run.partial',
        data: { workflow: 'tells', status: 'partial', completed: 3, failed: 1 },
      },
    ])
  })

  it('tells nobody where nobody said so', async () => {
    const sub = await run(defineWorkflow({ name: 'silent', steps: (step) => [step('only', () => 1)] }))
    expect(await inbox(sub)).toEqual([])
  })

  it('refuses an audience that is none', () => {
    const notify = 'everybody' as 'owner'
    expect(() => defineWorkflow({ name: 'x', notify, steps: (step) => [step('only', () => 1)] })).toThrow(
      'has notify that is not one of nobody, owner, watchers',
    )
  })
})
