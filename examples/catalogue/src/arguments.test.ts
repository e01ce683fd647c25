import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { readArguments } from './arguments.ts'

test('without words: the samples, offline', () => {
  expect(readArguments([])).toEqual({
    ...{ help: false, folder: null, out: resolve('catalogue-out'), model: 'offline', language: 'en' },
    ...{ data: resolve('.monofil'), port: 4000, pagePort: 4001, page: false, serve: false },
  })
})

test('a folder, a model of the endpoint and ports', () => {
  const args = readArguments(['sheets', '--language', 'fr', '--port', '0', '--out', 'o', '--page'], 'large')
  expect(args).toMatchObject({
    ...{ folder: resolve('sheets'), out: resolve('o'), model: 'large', language: 'fr' },
    ...{ port: 0, pagePort: 0, page: true },
  })
  expect(readArguments(['--model', 'offline'], 'large').model).toBe('offline')
})

test.each([
  [['a', 'b'], 'One folder at a time'],
  [['--language', 'de'], '--language takes en or fr'],
  [['--port', '70000'], '--port takes a number'],
  [['--page-port', 'x'], '--page-port takes a number'],
  [['--out', ''], 'A folder needs a name'],
  [['--colour'], "Unknown option '--colour'"],
])('%j is wrong usage, in words', (argv, words) => {
  expect(() => readArguments(argv)).toThrow(words)
  expect(() => readArguments(argv)).toThrow(expect.objectContaining({ exitCode: 2 }))
})
