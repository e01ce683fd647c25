import { once } from 'node:events'
import { connect } from 'node:net'
import { itemsOf, type Owner, openOwner, startRun } from '@monofil/testkit/socket-owner'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createLocalBus } from '../hub/local-bus.ts'
import { createWorker, defineWorkflow, planOf } from '../worker/index.ts'
import { encodeFrame } from './frames.ts'
import { connectSocket, type SocketConnection } from './index.ts'
import { SOCKET_VERSION } from './messages.ts'

const WORKER = { workflows: ['big'], leaseMs: 60_000 }

/** 34 of them do not fit one frame, nor do half as many. */
const MAX_FRAME = 64 * 1024
const LARGE = 'x'.repeat(4_000)

const big = defineWorkflow({
  name: 'big',
  steps: (step) => [
    step('list', () => Array.from({ length: 34 }, (_, n) => n)),
    step('make', { each: 'list' }, () => LARGE),
    step('measure', { each: 'make' }, (_ctx, text: string) => text.length),
    step('sum', { after: ['measure'] }, async (ctx) => {
      let sum = 0
      for await (const text of ctx.results<string>('make')) sum += text.length
      return sum
    }),
  ],
})

describe('the limits of the local socket', () => {
  let owner: Owner
  const open: SocketConnection[] = []

  beforeEach(async () => {
    owner = await openOwner(createLocalBus, { maxFrameBytes: MAX_FRAME })
  })
  afterEach(async () => {
    for (const connection of open.splice(0)) await connection.close()
    await owner.close()
  })

  async function connected(worker?: string): Promise<SocketConnection> {
    const connection = await connectSocket({ dir: owner.dir, ...(worker === undefined ? {} : { worker }) })
    open.push(connection)
    return connection
  }

  it('are no limits of a run: what does not fit one answer comes in several, and no lease is left behind', async () => {
    const { store, bus } = await connected('w1')
    const worker = createWorker({ store, bus, workflows: [big], id: 'w1', concurrency: 40 })
    await worker.start()
    await startRun(owner.store, 'r1', 'big')
    await vi.waitFor(
      async () => expect(await owner.store.runs.get('r1')).toMatchObject({ status: 'completed', result: 34 * 4_000 }),
      { timeout: 15_000, interval: 50 },
    )
    await worker.stop()
    const items = await itemsOf(owner.store, 'r1')
    expect(items.filter(({ attempts }) => attempts !== 1)).toEqual([])
  })

  it('give leases back that could not be told', async () => {
    const { store } = await connected('w1')
    await owner.store.workflows.register([planOf(big)])
    await startRun(owner.store, 'r1', 'big')
    const claim = (max: number) => owner.store.work.claim({ ...WORKER, worker: 'own', max })
    const settle = (resultJson: string, leases: Awaited<ReturnType<typeof claim>>) =>
      owner.store.work.settle(leases.map(({ fence }) => ({ fence, kind: 'completed', resultJson })))
    await settle(JSON.stringify(Array.from({ length: 34 }, (_, n) => n)), await claim(1))
    await settle(JSON.stringify(LARGE), await claim(34))
    await expect(store.work.claim({ ...WORKER, worker: 'w1', max: 34 })).rejects.toMatchObject({ code: 'too_large' })
    expect(await store.work.claim({ ...WORKER, worker: 'w1', max: 3 })).toHaveLength(3)
    expect(await claim(100)).toHaveLength(31)
  })

  it('take back what a worker held when its last connection ends, not before', async () => {
    const [first, second] = [await connected('w1'), await connected('w1')]
    await owner.store.workflows.register([planOf(big)])
    await startRun(owner.store, 'r1', 'big')
    const [lease] = await first.store.work.claim({ ...WORKER, worker: 'w1', max: 1 })
    const fence = lease?.fence ?? 0
    await first.close()
    expect(await second.store.work.renew('w1', [fence], 60_000)).toEqual([])
    await second.close()
    await vi.waitFor(async () => expect(await owner.store.work.renew('w1', [fence], 60_000)).toEqual([fence]))
  })

  it('bound what is held for a caller that does not read: it loses messages, others none', async () => {
    const { bus } = await connected()
    let seen = 0
    bus.listen(() => seen++)
    await bus.join('t')
    const deaf = connect(`${owner.dir}/owner.sock`)
    deaf.write(encodeFrame({ kind: 'hello', version: SOCKET_VERSION, worker: null }))
    deaf.write(encodeFrame({ kind: 'listen', on: true }))
    deaf.write(encodeFrame({ kind: 'join', id: 1, topic: 't' }))
    await once(deaf, 'readable')
    let received = 0
    const events = [{ topic: 't', type: 'x', dataJson: JSON.stringify('x'.repeat(50_000)), at: '' }]
    for (let n = 1; n <= 800; n++) {
      owner.bus.publish({ kind: 'ephemeral', events })
      await vi.waitFor(() => expect(seen).toBe(n), { interval: 1 })
    }
    deaf.on('data', (chunk: Buffer) => {
      received += chunk.length
    })
    deaf.end()
    await once(deaf, 'close')
    expect(received).toBeGreaterThan(10_000_000)
    expect(received).toBeLessThan(25_000_000)
  })
})
