import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { readArguments } from './arguments.ts'

test('without words', () => {
  expect(readArguments([])).toEqual({
    ...{ help: false, data: resolve('.monofil/orders'), port: 4000, pagePort: 4001, simulate: 0 },
  })
})

test('a folder, ports and a simulation', () => {
  expect(readArguments(['--data', 'd', '--port', '0', '--simulate', '0.5'])).toMatchObject({
    ...{ data: resolve('d'), port: 0, pagePort: 0, simulate: 0.5 },
  })
  expect(readArguments(['--page-port', '80'])).toMatchObject({ port: 4000, pagePort: 80 })
})

test.each([
  [['--port', '70000'], '--port takes a number'],
  [['--page-port', 'x'], '--page-port takes a number'],
  [['--simulate', '0'], '--simulate takes changes per second'],
  [['--simulate', ''], '--simulate takes changes per second'],
  [['--simulate', '1e3'], '--simulate takes changes per second'],
  [['--data', ''], 'A folder needs a name'],
  [['--colour'], "Unknown option '--colour'"],
  [['there'], 'Unexpected argument'],
])('%j is wrong usage, in words', (argv, words) => {
  expect(() => readArguments(argv)).toThrow(words)
  expect(() => readArguments(argv)).toThrow(expect.objectContaining({ exitCode: 2 }))
})
