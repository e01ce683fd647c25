/** A limit between `monofil start` and `monofil worker`, whose hub is killed and started again in the middle. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { Bench } from '../test/bin.ts'

const CALLS = fileURLToPath(new URL('../test/workflows/calls.ts', import.meta.url))
const ITEMS = process.env['TEST_LONG'] === undefined ? 100 : 600
const RATE = 20

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })

let bench: Bench
beforeAll(async () => {
  bench = await Bench.open()
})
afterAll(() => bench.close())

test('a hub that is killed and comes back gives no burst: the rate holds over both lives, at both workers', async () => {
  const file = join(bench.folder, 'starts.txt')
  await writeFile(file, '')
  const starts = async () => {
    const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '')
    return lines
      .map((line) => ({ at: Number(line.split(' ')[0]), pid: line.split(' ')[1] }))
      .sort((a, b) => a.at - b.at)
  }
  const count = async () => (await starts()).length
  let hub = await bench.startHub([])
  for (let n = 0; n < 2; n += 1) {
    await bench.spawn(['worker', '--workflows', CALLS]).until(/Monofil worker \S+ runs calls/)
  }
  const input = JSON.stringify({ items: ITEMS, file })
  const env = { MONOFIL_URL: hub.url }
  expect(await bench.run(['run', 'calls', '--id', 'r1', '--input', input], { env })).toMatchObject({ code: 0 })
  await expect.poll(count, { timeout: 30_000 }).toBeGreaterThan(ITEMS / 2)
  hub.bin.signalTree('SIGKILL')
  await hub.bin.exit
  const before = await count()
  hub = await bench.startHub([])
  const followed = await bench.run(['run', 'calls', '--id', 'r1', '--input', input, '--follow', '--json'], {
    env: { MONOFIL_URL: hub.url },
  })
  expect(JSON.parse(followed.stdout)).toMatchObject({ status: 'completed', counts: { completed: ITEMS + 1 } })
  const all = await starts()
  expect(before).toBeLessThan(ITEMS)
  // Every item, and once more those whose end the killed hub did not record.
  expect(all.length).toBeGreaterThanOrEqual(ITEMS)
  const most = Math.max(...all.map(({ at: from }) => all.filter(({ at }) => at >= from && at < from + 1000).length))
  // A process that was held up starts late what was due meanwhile: 200 ms of it are allowed.
  expect(most).toBeLessThanOrEqual(RATE * 1.2 + 1)
  const first = all.filter(({ pid }) => pid === all[0]?.pid).length
  expect(Math.min(first, all.length - first) / all.length).toBeGreaterThan(0.15)
  if (process.env['TEST_FIGURES'] !== undefined)
    console.log(`${all.length} starts, at most ${most} in 1 s, ${first} by one`)
})
