import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { Bench } from '../test/bin.ts'

// Each test starts processes, on machines that are busy with other tests.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let bench: Bench
let url: string
beforeAll(async () => {
  bench = await Bench.open()
  url = (await bench.startHub(['--kpis-max', '1'])).url
})
afterAll(() => bench.close())
const cli = (...args: string[]) => bench.run(['kpi', ...args], { env: { MONOFIL_URL: url } })

test('monofil kpi sets, shows, lists and deletes a value, and says what is wrong', async () => {
  const set = await cli('sales', '12.50', '--unit', 'EUR', '--data', '{"of":2}')
  expect(set).toMatchObject({ code: 0, stderr: '' })
  expect(set.stdout).toMatch(/^sales is 12\.50, version \d+\n$/)
  expect(JSON.parse((await cli('sales', '--json')).stdout)).toMatchObject({ value: 12.5, unit: 'EUR', data: { of: 2 } })
  expect((await cli()).stdout).toMatch(/^sales {2}12\.5 EUR {2}since \S+ {2}version \d+\n$/)
  expect((await cli('sales', '7', '--text')).code).toBe(0)
  expect(JSON.parse((await cli('sales', '--json')).stdout)).toMatchObject({ value: '7', unit: null, data: null })
  const full = await cli('more', '1')
  expect(full.code).toBe(1)
  expect(full.stderr).toContain('There are 1 KPIs')
  expect((await cli('sales', '--unit', 'EUR')).code).toBe(2)
  expect(await cli('sales', '--delete')).toMatchObject({ code: 0, stdout: 'sales is deleted\n' })
  expect((await cli('sales')).stderr).toContain('There is no KPI sales')
})
