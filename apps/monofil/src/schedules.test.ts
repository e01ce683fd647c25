import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { Bench } from '../test/bin.ts'
import { readTime } from './commands/schedule.ts'

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

function cli(...args: string[]): ReturnType<Bench['run']> {
  return bench.run(args, { env: { MONOFIL_URL: url } })
}

describe('monofil schedule, schedules, unschedule', () => {
  test('a cron is made, listed and removed', async () => {
    const cron = ['--cron', '30 2 * * *', '--timezone', 'Europe/Berlin']
    const made = await cli('schedule', 'count', ...cron, '--id', 'nightly', '--tag', 'a', 'b')
    expect(made).toMatchObject({ code: 0, stderr: '' })
    const lines = made.stdout.trimEnd().split('\n')
    expect(lines[0]).toMatch(
      /^● active {2}nightly {2}count {2}30 2 \* \* \* Europe\/Berlin {2}next \S+ 0[01]:30:00Z {2}no run yet$/,
    )
    expect(lines.slice(1)).toHaveLength(4)
    expect(lines[1]).toMatch(/^ {2}then \d{4}-\d\d-\d\d 0[01]:30:00Z$/)
    const listed = await cli('schedules', '--status', 'active')
    expect(listed.stdout).toBe(`${lines[0]}\n`)
    const page = JSON.parse((await cli('schedules', '--json')).stdout) as { items: unknown[] }
    expect(page.items).toMatchObject([{ id: 'nightly', tags: ['a', 'b'], overlap: 'skip', missed: 'one', input: {} }])
    const removed = await cli('unschedule', 'nobody', 'nightly')
    expect(removed).toMatchObject({ code: 1, stdout: 'nightly is no schedule any more\n' })
    expect(removed.stderr).toContain('unschedule nobody: There is no schedule nobody')
    expect((await cli('schedules')).stdout).toContain('No schedules. Make one')
  })

  test('once: it starts its run, which a worker ends, and is listed as ended', async () => {
    const made = await cli('schedule', 'count', '--at', '1s', '--input', '{"items":2}', '--id', 'soon', '--json')
    expect(JSON.parse(made.stdout)).toMatchObject({ id: 'soon', cron: null, status: 'active', input: { items: 2 } })
    const runs = async () => (await cli('runs', '--q', 'schedule:soon')).stdout
    await expect.poll(runs, { timeout: 30_000 }).toMatch(/^✔ completed .* soon\.\d{8}T\d{6}\.\d{3}Z {2}4 of 4\n$/)
    expect((await cli('schedules')).stdout).toMatch(/^○ ended {3}soon {2}count {2}once .* no next {2}last .* soon\./)
    expect((await cli('unschedule', 'soon', '--json')).stdout).toBe('{"id":"soon","removed":true}\n')
  })

  test('what the hub refuses is said in words', async () => {
    const never = await cli('schedule', 'count', '--cron', '0 0 31 2 *')
    expect(never).toMatchObject({ code: 1, stderr: expect.stringContaining('never comes') })
    const input = await cli('schedule', 'count', '--cron', '@daily', '--input', '{"items":"many"}')
    expect(input).toMatchObject({ code: 1, stderr: expect.stringContaining('items') })
    const unknown = await cli('schedule', 'nothing', '--cron', '@daily')
    expect(unknown).toMatchObject({ code: 1, stderr: expect.stringContaining('--workflows') })
  })

  test.each([
    [['schedule', 'count'], '--cron or --at'],
    [['schedule', 'count', '--cron', '@daily', '--at', '1h'], '--cron or --at'],
    [['schedule', 'count', '--at', 'tomorrow'], '"tomorrow" is no time'],
    [['schedule', 'count', '--at', '1h', '--timezone', 'UTC'], '--timezone is for --cron'],
    [['schedule', 'count', '--cron', '@daily', '--overlap', 'maybe'], '--overlap: "maybe" is not one of skip, allow'],
    [['schedules', '--status', 'old'], '--status: "old" is not one of active, paused, ended'],
    [['schedules', '--limit', '0'], '--limit'],
    [['unschedule'], "missing required argument 'id'"],
  ])('wrong usage %j ends with 2', async (argv, words) => {
    expect(await cli(...argv)).toMatchObject({ code: 2, stderr: expect.stringContaining(words), stdout: '' })
  })
})

test('a time is one, or a span from now', () => {
  expect(readTime('2h', Date.UTC(2026, 0, 1))).toBe('2026-01-01T02:00:00.000Z')
  expect(readTime('1d', Date.UTC(2026, 0, 1))).toBe('2026-01-02T00:00:00.000Z')
  expect(readTime('2026-01-01T00:00:00+01:00', 0)).toBe('2025-12-31T23:00:00.000Z')
  for (const text of ['2', 'h', '2026', '2026-01-01', '1w']) expect(() => readTime(text, 0)).toThrow('is no time')
})
