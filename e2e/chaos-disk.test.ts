/** The disk of the data folder is full for a while in the middle of a run. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MonofilError } from '@monofil/protocol'
import { expect, it } from 'vitest'
import { besides, fill, onFullDisk, onSmallDisk } from './chaos/disk.ts'
import { readOutside } from './chaos/outside.ts'
import { Rig, until } from './chaos/rig.ts'
import { checkCounts, checkResults } from './chaos/verify.ts'
import { startMonofil } from './monofil-process.ts'
import { readLog } from './network-lab.ts'

const LONG = process.env['TEST_LONG'] !== undefined
/** Longer than a lease: as users have them in the long form, short ones in the everyday run. */
const LEASE = LONG ? {} : { leaseMs: 1_500 }
const FULL_MS = LONG ? 25_000 : 3_000
const ITEMS = LONG ? 800 : 150

it(`goes on by itself after ${FULL_MS} ms without room, and nothing is lost`, { timeout: 180_000 }, async () => {
  const rig = await Rig.open({
    workflow: 'disk.workflow.ts',
    local: false,
    under: (data) => onSmallDisk(data, 12),
  })
  try {
    const worker = await rig.addWorker({ ...LEASE, under: besides(rig.hubPid) })
    const statuses: string[] = []
    rig.client.connection.subscribe(() => statuses.push(rig.client.connection.get().status))
    const heard: number[] = []
    rig.client.subscribe('orders', { cursor: '0', onEvent: ({ offset }) => heard.push(offset ?? 0) })
    await rig.client.api.runs.start({ id: 'r', workflow: 'disk', input: { outside: rig.outside, items: ITEMS } })
    await until(async () => (await rig.run('r')).counts.completed > 40, 30_000, 'some items to be done')
    const accepted: number[] = []
    while (accepted.length < 20) await publish(rig, accepted)
    const giveBack = fill(rig.hubPid, rig.data)

    const refused = await publishUntilRefused(rig, accepted)
    expect(refused).toMatchObject({ code: 'store_full', status: 507 })
    const filledAt = performance.now()
    const before = await rig.run('r')
    await expect(
      rig.client.api.runs.start({ workflow: 'disk', input: { outside: '', items: 1 } }),
    ).rejects.toMatchObject({
      code: 'store_full',
    })
    await until(() => performance.now() - filledAt > FULL_MS, FULL_MS + 5_000, 'the time to pass')
    // What was accepted is served, and nothing more is recorded.
    const { completed } = (await rig.run('r')).counts
    expect(completed).toBeGreaterThanOrEqual(before.counts.completed)
    expect(completed).toBeLessThan(before.counts.completed + 20)
    expect((await fetch(`${rig.url}/healthz`)).status).toBe(200)
    giveBack()

    const end = await rig.ended('r', 60_000)
    const items = await rig.items('r')
    const outside = readOutside(rig.outside)
    process.stdout.write(
      `chaos disk: full for ${Math.round(FULL_MS)} ms after ${accepted.length} events, ${outside.size} executions of ${ITEMS} items\n`,
    )
    expect(end).toMatchObject({ status: 'completed', counts: { completed: ITEMS + 1, failed: 0 } })
    // The same processes, and no lease ran out while nobody could renew any.
    expect(rig.output).toContain(`"pid":${rig.hubPid}`)
    expect(worker.output()).not.toMatch(/Leases are lost|Late outcomes were refused/)
    expect(outside.size).toBe(ITEMS)
    expect(items.filter(({ attempts }) => attempts !== 1)).toEqual([])
    checkCounts(end, items)
    checkResults(items, outside)
    const log = await readLog(rig.url, 'orders')
    expect(log.map(({ offset }) => offset)).toEqual(accepted)
    await until(() => heard.length === accepted.length, 10_000, 'the listener to have heard all')
    expect(heard).toEqual(accepted)
    expect(new Set(statuses.slice(statuses.indexOf('open')))).toEqual(new Set(['open']))
  } catch (error) {
    process.stdout.write(`${rig.output.slice(-10_000)}\n`)
    throw error
  } finally {
    await rig.close()
  }
})

it('says so when it is started without room', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'monofil-full-'))
  try {
    const data = join(folder, 'data')
    const hub = await startMonofil(['--data', data, '--port', '0'])
    await hub.interrupt()
    const full = join(folder, 'full')
    const start = startMonofil(['--data', full, '--port', '0'], { under: onFullDisk(full, data) })
    await expect(start).rejects.toThrow(/the disk of the data folder is full\. Free space and try again\./)
  } finally {
    await rm(folder, { recursive: true })
  }
})

async function publish(rig: Rig, accepted: number[]): Promise<void> {
  const [event] = await rig.client.api.publish({ topic: 'orders', type: 'order', data: { text: 'x'.repeat(20_000) } })
  accepted.push(event?.offset ?? 0)
}

/** Publishes until there is no room; answers the refusal. */
async function publishUntilRefused(rig: Rig, accepted: number[]): Promise<MonofilError> {
  for (;;) {
    try {
      await publish(rig, accepted)
    } catch (error) {
      if (MonofilError.is(error)) return error
      throw error
    }
  }
}
