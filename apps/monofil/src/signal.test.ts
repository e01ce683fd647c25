import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { Bench } from '../test/bin.ts'

const ORDER = fileURLToPath(new URL('../test/workflows/order.ts', import.meta.url))

// Each test starts processes, on machines that are busy with other tests.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let bench: Bench
let url: string
beforeAll(async () => {
  bench = await Bench.open()
  url = (await bench.startHub(['--workflows', ORDER])).url
})
afterAll(() => bench.close())

const cli = (...args: string[]) => bench.run(args, { env: { MONOFIL_URL: url } })

describe('monofil signal', () => {
  test('approves, says that something happened, and the run goes to its end', async () => {
    expect((await cli('run', 'order', '--id', 'o1')).code).toBe(0)
    expect(await cli('signal', 'o1', 'paid', '--data', '{"amount":"12.50"}')).toMatchObject({
      code: 0,
      stdout: 'paid of run o1 keeps the answer until its step begins.\n',
    })
    const approved = await cli('signal', 'o1', 'release', '--approve', '--note', 'checked', '--json')
    expect(JSON.parse(approved.stdout)).toMatchObject({
      status: 'completed',
      result: { approved: true, note: 'checked' },
    })
    await expect.poll(async () => (await cli('runs', '--q', 'o1')).stdout, { timeout: 30_000 }).toContain('completed')
  })

  test('rejects, and says what the hub refuses', async () => {
    expect((await cli('run', 'order', '--id', 'o2')).code).toBe(0)
    expect(await cli('signal', 'o2', 'release', '--reject', '--note', 'too dear')).toMatchObject({
      code: 0,
      stdout: 'release of run o2 is failed: rejected by dev: too dear.\n',
    })
    const late = await cli('signal', 'o2', 'release', '--approve')
    expect(late).toMatchObject({ code: 1, stderr: expect.stringContaining('waits for no answer any more') })
    const both = await cli('signal', 'o2', 'release', '--approve', '--reject')
    expect(both).toMatchObject({ code: 2, stderr: expect.stringContaining('two answers') })
    const json = await cli('signal', 'o2', 'paid', '--data', '{')
    expect(json).toMatchObject({ code: 2, stderr: expect.stringContaining('--data is not JSON') })
  })
})
