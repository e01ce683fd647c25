import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { Bench } from '../test/bin.ts'
import { linesOf } from './commands/usage.ts'

const COUNT = fileURLToPath(new URL('../test/workflows/count.ts', import.meta.url))

// Each test starts processes, on machines that are busy with other tests.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let bench: Bench
let url: string
beforeAll(async () => {
  bench = await Bench.open()
  url = (await bench.startHub(['--workflows', COUNT])).url
})
afterAll(() => bench.close())

const cli = (...args: string[]): ReturnType<Bench['run']> => bench.run(args, { env: { MONOFIL_URL: url } })

async function call(method: string, path: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(url + path, { method, headers, body: JSON.stringify(body) })
  expect(response.ok).toBe(true)
}

describe('monofil usage', () => {
  test('adds up by what is asked for', async () => {
    expect((await cli('usage')).stdout).toBe('Nothing was used in these days.\n')
    await call('POST', '/v1/runs', { id: 'e1', workflow: 'elsewhere', external: true })
    await call('POST', '/v1/runs/e1/reports', {
      reports: [
        { id: '1', usage: { tokens: 1200, cost: '0.5', currency: 'USD', model: 'large' } },
        { id: '2', usage: { tokens: 34, model: 'small' } },
      ],
    })
    const shown = await cli('usage', '--by', 'model', 'workflow', '--days', '2')
    expect(shown).toMatchObject({ code: 0, stderr: '' })
    expect(shown.stdout.split('\n').slice(0, 2)).toEqual([
      'large  elsewhere  1200 tokens  0.5 USD',
      'small  elsewhere    34 tokens    0 USD',
    ])
    expect(JSON.parse((await cli('usage', '--json')).stdout)).toMatchObject({ items: [{ tokens: 1234, cost: '0.5' }] })
  })

  test.each([
    [['usage', '--by', 'moon'], '--by: "moon" is not one of day, workflow, model, owner.'],
    [['usage', '--days', '0'], '--days: "0" is not a whole number from 1 to 400.'],
    [['run', 'count', '--sample', 'some'], '--sample: "some" is not a whole number from 1.'],
  ])('refuses %j', async (args, words) => {
    const refused = await cli(...args)
    expect(refused.code).toBe(2)
    expect(refused.stderr).toContain(words)
  })

  test('a sum without a model, and without a cost, has its place', () => {
    const rows = [{ model: null, tokens: 1, cost: '0', currency: null }]
    expect(linesOf(rows, ['model'])).toEqual(['-  1 tokens  0'])
  })
})

describe('monofil run', () => {
  test('takes a sample and a budget', async () => {
    const input = JSON.stringify({ items: 3 })
    const args = ['--sample', '2', '--budget', '{"tokens":5}', '--input', input, '--json']
    const run = await cli('run', 'count', ...args)
    expect(JSON.parse(run.stdout)).toMatchObject({ sample: 2, budget: { tokens: 5 } })
  })
})
