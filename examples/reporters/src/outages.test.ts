import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MonofilError, type Run } from '@monofil/protocol'
import { type StartHub, startHub } from '@monofil/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startMonofil } from '../../../e2e/monofil-process.ts'
import { type Folder, makeFolder, Reading, startPython, startShell } from './testing.ts'

let folder: Folder
beforeAll(async () => {
  folder = await makeFolder(120)
})
afterAll(() => folder?.remove())

const LONG = { timeout: 120_000 }

type Store = Parameters<NonNullable<StartHub['wrap']>>[0]
type Report = Store['runs']['report']

/** The same store, whose `report` is `instead`. */
function withReport(store: Store, instead: (report: Report) => Report): Store {
  const report = instead((id, reports) => store.runs.report(id, reports))
  const passing = <T extends object>(target: T, other: Partial<T>): T =>
    new Proxy(target, {
      get(_target, name) {
        const own: unknown = Reflect.get(other, name)
        if (own !== undefined) return own
        const value: unknown = Reflect.get(target, name, target)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
  return passing(store, { runs: passing(store.runs, { report } as Partial<Store['runs']>) } as Partial<Store>)
}

describe.each([
  ['Python', startPython],
  ['curl', startShell],
] as const)('%s', (kind, start) => {
  test('loses nothing and counts nothing twice when the hub is killed and comes back', LONG, async () => {
    const base = await mkdtemp(join(tmpdir(), 'monofil-outage-'))
    const begin = (port: string) => startMonofil(['--data', join(base, 'data'), '--port', port])
    let hub = await begin('0')
    try {
      const reading = new Reading(hub.url, 'killed')
      const { path, names } = folder
      const reporter = start({ url: hub.url, run: 'killed', folder: path, names, slow: 0.02 })
      for (const mark of [10, 60]) {
        const reached = (run: unknown) => run !== null && (run as Run).counts.completed >= mark
        await expect.poll(() => reading.run().catch(() => null), { timeout: 30_000 }).toSatisfy(reached)
        await hub.kill()
        hub = await begin(new URL(hub.url).port)
      }
      expect(await reporter.ended, reporter.output()).toBe(0)
      expect(await reading.run()).toMatchObject({
        status: 'completed',
        counts: { completed: 120, total: 120, failed: 0, running: 0 },
        usage: { tokens: folder.words },
      })
      const completions = await reading.completions()
      expect(completions.size).toBe(120)
      expect([...completions.values()].every((times) => times === 1)).toBe(true)
      expect((await reading.events()).map(({ offset }) => offset)).toEqual(
        (await reading.events()).map((_, place) => place + 1),
      )
    } finally {
      await hub.kill()
      await rm(base, { recursive: true, force: true })
    }
  })

  test('sends again what was applied and not answered, and waits as long as it is told', LONG, async () => {
    const told: { at: number; code: string }[] = []
    const answered: number[] = []
    const sent: string[][] = []
    // First refused before it is applied, then applied and the answer lost, then answered; for each batch.
    const troubled = (report: Report): Report => {
      const tries = new Map<string, number>()
      return async (id, reports) => {
        const key = reports.map((one) => one.id).join(' ')
        sent.push(reports.map((one) => one.id))
        const time = (tries.get(key) ?? 0) + 1
        tries.set(key, time)
        if (time === 1 && told.length < 4) {
          told.push({ at: Date.now(), code: 'rate_limited' })
          throw new MonofilError('rate_limited', 'slower, please', { retryAfterMs: 1000 })
        }
        const answer = await report(id, reports)
        if (time <= 2 && told.length < 5) {
          told.push({ at: Date.now(), code: 'store_unavailable' })
          throw new MonofilError('store_unavailable', 'the answer is lost', { retryAfterMs: 1000 })
        }
        answered.push(Date.now())
        return answer
      }
    }
    const hub = await startHub({ wrap: (store) => withReport(store, troubled) })
    try {
      const id = `lost-${kind}`
      const reporter = start({ url: hub.url, run: id, folder: folder.path, names: folder.names })
      expect(await reporter.ended, reporter.output()).toBe(0)
      expect(told.length).toBe(5)
      for (const { at } of told) {
        const next = [...told.map((one) => one.at), ...answered].filter((time) => time > at)
        // A timer may fire a millisecond early.
        expect(Math.min(...next) - at).toBeGreaterThanOrEqual(990)
      }
      const reading = new Reading(hub.url, id)
      expect(await reading.run()).toMatchObject({
        status: 'completed',
        counts: { completed: 120, total: 120 },
        usage: { tokens: folder.words },
      })
      expect([...(await reading.completions()).values()].every((times) => times === 1)).toBe(true)
      // The same ids went out more than once: the test would prove nothing otherwise.
      expect(sent.length).toBeGreaterThan(new Set(sent.map((ids) => ids.join(' '))).size)
    } finally {
      await hub.close()
    }
  })
})
