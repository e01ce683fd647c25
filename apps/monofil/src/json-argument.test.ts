import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Io } from './context.ts'
import { readJsonArgument } from './json-argument.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'monofil-json-'))
  await writeFile(join(folder, 'good.json'), '{"a":[1]}')
  await writeFile(join(folder, 'bad.json'), '{')
})
afterAll(() => rm(folder, { recursive: true }))

function io(stdin = ''): Io {
  return { stdout: new PassThrough(), stderr: new PassThrough(), stdin: Readable.from([stdin]), env: {}, cwd: folder }
}

test('JSON itself, a file, standard input', async () => {
  expect(await readJsonArgument('{"a":1}', io(), '--input')).toEqual({ a: 1 })
  expect(await readJsonArgument('"text"', io(), '--input')).toBe('text')
  expect(await readJsonArgument('@good.json', io(), '--input')).toEqual({ a: [1] })
  expect(await readJsonArgument('-', io('[true]'), '--input')).toEqual([true])
})

test.each([
  ['{folder:x}', '--input is not JSON'],
  ['@bad.json', 'bad.json is not JSON'],
  ['@missing.json', 'missing.json cannot be read'],
  ['-', 'Standard input is not JSON'],
])('%s is refused: %s', async (text, words) => {
  const reading = readJsonArgument(text, io('nope'), '--input')
  await expect(reading).rejects.toThrow(words)
  await expect(reading).rejects.toMatchObject({ exitCode: 2 })
})
