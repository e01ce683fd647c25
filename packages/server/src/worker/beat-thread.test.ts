import { type Owner, openOwner, startRun } from '@monofil/testkit/socket-owner'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createLocalBus } from '../hub/local-bus.ts'
import { silentLogger, systemClock } from '../seams/system.ts'
import { BeatThread } from './beat-thread.ts'
import { defineWorkflow, planOf } from './index.ts'

const LEASE_MS = 1_000
/** Longer than a thread takes to begin on a busy machine. */
const CLAIM_MS = 2_000

describe('the beat thread', () => {
  let owner: Owner
  let fence: number
  let timedOut: number[]
  let lost: number[]
  let dirs: string[]
  let beat: BeatThread | undefined

  beforeEach(async () => {
    owner = await openOwner(createLocalBus)
    timedOut = []
    lost = []
    dirs = []
    const workflow = defineWorkflow({ name: 'w', steps: (step) => [step('only', { retry: 5 }, () => 1)] })
    await owner.store.workflows.register([planOf(workflow)])
    await startRun(owner.store, 'r1', 'w')
    const [lease] = await owner.store.work.claim({ worker: 'w1', workflows: ['w'], max: 1, leaseMs: CLAIM_MS })
    fence = lease?.fence ?? 0
  })
  afterEach(async () => {
    await beat?.close()
    await owner.close()
  })

  function begin(): BeatThread {
    beat = new BeatThread({
      get dir() {
        return dirs.shift() ?? owner.dir
      },
      worker: 'w1',
      leaseMs: LEASE_MS,
      clock: systemClock,
      logger: silentLogger,
      events: { timedOut: (late) => timedOut.push(late), lost: (gone) => lost.push(...gone) },
    })
    return beat
  }

  it('keeps a lease over its end, and says when it is lost', async () => {
    begin().hold([fence])
    const until = performance.now() + CLAIM_MS + 1_500
    await vi.waitFor(
      async () => {
        await owner.store.work.sweep()
        expect(performance.now()).toBeGreaterThan(until)
      },
      { timeout: 10_000 },
    )
    expect(await owner.store.runs.items({ viewer: { all: true }, limit: 1 })).toMatchObject({
      items: [{ status: 'running', attempts: 1 }],
    })
    await owner.store.work.release('w1')
    await vi.waitFor(() => expect(lost).toEqual([fence]))
  })

  it('is ready when it has reached the owner', async () => {
    await begin().ready()
  })

  it('lets a lease end whose handler takes too long, unless the handler has ended', async () => {
    const keeper = begin()
    keeper.hold([fence, fence + 1])
    keeper.start(fence, 50)
    keeper.start(fence + 1, 50)
    keeper.finish(fence + 1)
    await vi.waitFor(() => expect(timedOut).toEqual([fence]))
    await vi.waitFor(async () => {
      await owner.store.work.sweep()
      const { items } = await owner.store.runs.items({ viewer: { all: true }, limit: 1 })
      expect(items).toMatchObject([{ status: 'retrying' }])
    }, 10_000)
    expect(timedOut).toEqual([fence])
  })

  it('that dies is replaced by one that knows all that is held', async () => {
    // A folder that cannot be a path makes the first thread fail as it starts.
    dirs = [null as unknown as string]
    const keeper = begin()
    keeper.hold([fence])
    keeper.start(fence, 2_000)
    await vi.waitFor(() => expect(timedOut).toEqual([fence]), { timeout: 10_000 })
  })

  it('ends when it is closed, however often', async () => {
    const keeper = begin()
    await Promise.all([keeper.close(), keeper.close()])
    keeper.hold([1])
    await keeper.close()
  })
})
