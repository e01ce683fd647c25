import { PassThrough, Readable } from 'node:stream'
import { expect, test } from 'vitest'
import type { Context } from '../context.ts'
import { createPainter } from '../paint.ts'
import { askFor, bulkFilterOf } from './bulk.ts'

function context(answer: string, terminal = true): Context & { readonly said: () => string } {
  const stderr = new PassThrough()
  const end = Object.assign(new PassThrough(), { isTTY: terminal })
  const stdin = Object.assign(Readable.from([answer]), { isTTY: terminal })
  const io = { stdout: end, stderr, stdin, env: {}, cwd: '/' }
  const rest = { json: false, paint: createPainter(false), print: () => undefined }
  return { io, ...rest, said: () => String(stderr.read() ?? '') } as unknown as Context & { said: () => string }
}

test.each([
  ['y\n', true],
  ['YES\n', true],
  ['n\n', false],
  ['\n', false],
  ['yikes\n', false],
])('on a terminal the count is asked for, and %j is %s', async (answer, goesOn) => {
  const asked = context(answer)
  expect(await askFor(asked, {}, { action: 'cancel', count: 1037 })).toBe(goesOn)
  expect(asked.said()).toContain('Cancel 1,037 runs? [y/N] ')
})

test('elsewhere only --yes is an answer', async () => {
  await expect(askFor(context('y\n', false), {}, { action: 'delete', count: 1 })).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringContaining('delete 1 run,'),
  })
  expect(await askFor(context('', false), { yes: true }, { action: 'delete', count: 1 })).toBe(true)
})

test('a filter is what the flags name; none is no filter', () => {
  expect(bulkFilterOf({ yes: true, hard: true })).toBeUndefined()
  expect(bulkFilterOf({ status: ['failed'], until: '2026-01-31' })).toMatchObject({
    status: ['failed'],
    until: '2026-01-31T00:00:00.000Z',
  })
})
