import type { Run } from '@monofil/protocol'
import { startHub, type TestHub } from '@monofil/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Facts, type Folder, makeFolder, Reading, startPython, startShell } from './testing.ts'

let hub: TestHub
let folder: Folder
let small: Folder
beforeAll(async () => {
  hub = await startHub()
  folder = await makeFolder(250, { broken: true })
  small = await makeFolder(60)
})
afterAll(async () => {
  await hub?.close()
  await folder?.remove()
  await small?.remove()
})

const LONG = { timeout: 60_000 }
const begun = (run: Run) => run.counts.completed > 0

describe.each([
  ['Python', startPython, 3],
  ['curl', startShell, 1],
] as const)('%s', (kind, start, attempts) => {
  const given = (run: string, of: Folder = small) => ({ url: hub.url, run, folder: of.path, names: of.names })

  test('reports real work from the start to the end, with what failed and why', LONG, async () => {
    const id = `whole-${kind}`
    const reporter = start(given(id, folder))
    expect(await reporter.ended, reporter.output()).toBe(0)
    const reading = new Reading(hub.url, id)
    const run = await reading.run()
    expect(run).toMatchObject({
      external: true,
      status: 'partial',
      progress: 100,
      counts: { completed: 250, failed: 1, total: 251, running: 0, queued: 0, retrying: 0 },
      usage: { tokens: folder.words },
      stalledSince: null,
    })
    const items = await reading.items()
    expect(foundIn(items)).toEqual(kind === 'Python' ? folder.truth : withoutSums(folder.truth))
    const failed = items.filter(({ status }) => status === 'failed')
    expect(failed).toMatchObject([{ attempts, error: { code: 'unreadable' } }])
    expect(failed[0]?.error?.message).toContain('broken.txt')
    expect((await reading.logs()).length).toBeGreaterThan(0)
    const events = await reading.events()
    // In batches: far fewer commits than reports.
    expect(events.length).toBeLessThan(60)
    expect(events.at(-1)?.type).toBe('complete')
  })

  test('obeys what is wanted: pauses, goes on, stops', LONG, async () => {
    const id = `wanted-${kind}`
    // Slow enough to be caught in the middle on a machine that is busy with other tests.
    const reporter = start({ ...given(id), slow: 0.15 })
    const reading = new Reading(hub.url, id)
    await expect.poll(() => reading.run().catch(() => null)).toSatisfy((run) => run !== null && begun(run as Run))
    expect(await reading.control('pause')).toBe(200)
    await expect.poll(async () => (await reading.run()).status).toBe('paused')
    const held = await reading.run()
    expect(held.counts.running).toBe(0)
    // It is heard again and again, and nothing is begun.
    for (let heard = 0; heard < 2; heard += 1) {
      const { lastSeenAt } = await reading.run()
      await expect.poll(async () => (await reading.run()).lastSeenAt).not.toBe(lastSeenAt)
    }
    expect((await reading.run()).counts).toEqual(held.counts)

    expect(await reading.control('resume')).toBe(200)
    await expect.poll(async () => (await reading.run()).counts.completed).toBeGreaterThan(held.counts.completed)
    await expect.poll(async () => (await reading.run()).status).toBe('running')

    expect(await reading.control('cancel')).toBe(200)
    expect(await reporter.ended, reporter.output()).toBe(1)
    expect(reporter.output()).toContain(`run ${id}: cancelled`)
    const end = await reading.run()
    expect(end.status).toBe('cancelled')
    expect(end.counts.completed).toBeLessThan(60)
    expect(end.counts.completed + end.counts.cancelled).toBe(60)
  })

  test('stops when its run was ended by force', LONG, async () => {
    const id = `forced-${kind}`
    const reporter = start({ ...given(id), slow: 0.05 })
    const reading = new Reading(hub.url, id)
    await expect.poll(() => reading.run().catch(() => null)).toSatisfy((run) => run !== null && begun(run as Run))
    expect(await reading.control('cancel?force=true')).toBe(200)
    expect(await reporter.ended).toBe(1)
    expect(reporter.output()).toContain('cancelled')
  })

  test('says in words what the hub refuses for good', LONG, async () => {
    const id = `taken-${kind}`
    await hub.call('POST', '/v1/runs', { id, workflow: 'another', external: true })
    const reporter = start(given(id))
    expect(await reporter.ended).toBe(1)
    expect(reporter.output()).toContain('run_conflict')
    expect(reporter.output()).not.toContain('Traceback')
  })

  test('the same run once more finds it over and changes nothing', LONG, async () => {
    const id = `again-${kind}`
    expect(await start(given(id)).ended).toBe(0)
    const before = await new Reading(hub.url, id).run()
    expect(await start(given(id)).ended).toBe(0)
    expect(await new Reading(hub.url, id).run()).toMatchObject({ offset: before.offset, usage: before.usage })
  })
})

test('two reporters share a run, and the last one ends it', LONG, async () => {
  const of = { url: hub.url, run: 'shared', folder: folder.path, names: folder.names }
  const parts = ['1/2', '2/2'].map((part) => startPython({ ...of, slow: 0.002, more: ['--part', part] }))
  expect(await Promise.all(parts.map(({ ended }) => ended))).toEqual([0, 0])
  const reading = new Reading(hub.url, 'shared')
  expect(await reading.run()).toMatchObject({
    status: 'partial',
    counts: { completed: 250, failed: 1, total: 251 },
    usage: { tokens: folder.words },
  })
  expect(foundIn(await reading.items())).toEqual(folder.truth)
  expect([...(await reading.completions()).values()].every((times) => times === 1)).toBe(true)
})

test('a reporter that died is stalled, the next one goes on, and nothing counts twice', LONG, async () => {
  const of = { url: hub.url, run: 'died', folder: small.path, names: small.names, more: ['--heartbeat', '1'] }
  const reading = new Reading(hub.url, 'died')
  const first = startPython({ ...of, slow: 0.05 })
  await expect.poll(() => reading.run().catch(() => null)).toSatisfy((run) => run !== null && begun(run as Run))
  expect((await reading.run()).stalledSince).toBeNull()
  await first.kill()
  await expect.poll(async () => (await reading.run()).stalledSince).not.toBeNull()
  const stalled = await reading.run()
  expect(stalled.status).toBe('running')
  const silence = Date.parse(stalled.stalledSince ?? '') - Date.parse(stalled.lastSeenAt ?? '')
  expect(silence).toBeGreaterThanOrEqual(1000)

  const second = startPython(of)
  expect(await second.ended, second.output()).toBe(0)
  expect(await reading.run()).toMatchObject({
    status: 'completed',
    stalledSince: null,
    counts: { completed: 60, total: 60 },
    usage: { tokens: small.words },
  })
  expect([...(await reading.completions()).values()].every((times) => times === 1)).toBe(true)
})

test('an item whose second attempt was cut off is taken up there', LONG, async () => {
  const of = { url: hub.url, run: 'second-attempt', folder: small.path, names: small.names }
  const first = startPython({ ...of, slow: 0.05 })
  const reading = new Reading(hub.url, of.run)
  await expect.poll(() => reading.run().catch(() => null)).toSatisfy((run) => run !== null && begun(run as Run))
  await first.kill()
  const cut = (await reading.items()).find(({ status }) => status === 'running')?.id ?? 'none'
  const reports = [{ id: 'cut', item: cut, attempt: 2, status: 'running' }]
  expect((await hub.call('POST', `/v1/runs/${of.run}/reports`, { reports })).status).toBe(200)
  const second = startPython(of)
  expect(await second.ended, second.output()).toBe(0)
  expect((await reading.run()).status).toBe('completed')
  expect((await reading.items()).find(({ id }) => id === cut)).toMatchObject({ attempts: 2, status: 'completed' })
})

/** What the run's items say of the files, by name. */
function foundIn(items: readonly { readonly result: unknown }[]): ReadonlyMap<string, Facts> {
  const results = items.map(({ result }) => result as (Facts & { readonly file: string }) | null)
  return new Map(results.flatMap((result) => (result === null ? [] : [[result.file, factsOf(result)] as const])))
}

function factsOf({ file: _file, ...facts }: Facts & { readonly file: string }): Facts {
  return facts
}

function withoutSums(truth: ReadonlyMap<string, Facts>): ReadonlyMap<string, Omit<Facts, 'sha256'>> {
  return new Map([...truth].map(([name, { sha256: _sum, ...facts }]) => [name, facts]))
}
