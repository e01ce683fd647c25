import { FakeClock, startHub } from '@monofil/testkit'
import { expect, test } from 'vitest'

test('the log is trimmed once a minute, run logs are not, and work is swept', async () => {
  const clock = new FakeClock()
  const calls = { trim: 0, sweep: 0 }
  const hub = await startHub({
    clock,
    retention: { maxAgeMs: 1e12, maxCount: 3, maxBytes: 1e12 },
    wrap: (store) => ({
      log: {
        append: (events) => store.log.append(events),
        read: (query) => store.log.read(query),
        bounds: (topic) => store.log.bounds(topic),
        async trim(retention) {
          const trimmed = await store.log.trim(retention)
          calls.trim += 1
          return trimmed
        },
      },
      work: new Proxy(store.work, {
        get(work, name) {
          if (name === 'sweep') calls.sweep += 1
          return Reflect.get(work, name, work)
        },
      }),
      runs: store.runs,
      workflows: store.workflows,
      schedules: store.schedules,
      revocations: store.revocations,
      kpis: store.kpis,
      tickets: store.tickets,
      usage: store.usage,
      notifications: store.notifications,
      pushes: store.pushes,
      epoch: store.epoch,
      close: () => store.close(),
    }),
  })
  try {
    for (let n = 0; n < 10; n += 1) await hub.publish('a', n)
    clock.advance(0)
    await expect.poll(() => calls.sweep).toBe(1)
    clock.advance(59_000)
    expect((await hub.store.log.bounds('a')).oldest).toBe(1)
    clock.advance(1_000)
    await expect.poll(async () => (await hub.store.log.bounds('a')).oldest, { timeout: 5_000 }).toBe(8)
    await expect.poll(() => calls.trim).toBeGreaterThan(0)
    expect((await hub.store.log.bounds('a')).head).toBe(10)
    // The next one is appointed when the last has answered.
    const sweeps = () => {
      clock.advance(1_000)
      return calls.sweep
    }
    await expect.poll(sweeps).toBeGreaterThan(1)
    // A change of a run may have made something due: it is looked at soon, not at the next appointed time.
    const before = calls.sweep
    await hub.call('POST', '/v1/runs', { workflow: 'w', external: true })
    clock.advance(250)
    await expect.poll(() => calls.sweep).toBeGreaterThan(before)
  } finally {
    await hub.close()
  }
})
