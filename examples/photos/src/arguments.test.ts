import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { defaultOut, HELP, readArguments } from './arguments.ts'

describe('readArguments', () => {
  test('has a default for everything', () => {
    expect(readArguments([])).toEqual({
      help: false,
      folder: null,
      port: 4000,
      data: resolve('.monofil'),
      out: null,
      pagePort: 4001,
      serve: false,
    })
  })

  test('takes a folder and options in any order', () => {
    expect(readArguments(['--port', '0', 'my photos', '--out=x', '--data', '/d'])).toEqual({
      help: false,
      folder: resolve('my photos'),
      port: 0,
      data: resolve('/d'),
      out: resolve('x'),
      pagePort: 0,
      serve: false,
    })
    expect(readArguments(['--serve', '--page-port', '5000'])).toMatchObject({ serve: true, pagePort: 5000 })
  })

  test.each([
    [['a', 'b'], 'One folder'],
    [['--port', 'x'], '--port takes'],
    [['--port', '70000'], '--port takes'],
    [['--page-port', '-1'], 'page-port'],
    [['--port'], 'port'],
    [['--prot', '1'], '--prot'],
    [[''], 'needs a name'],
    [['--out', ''], 'needs a name'],
  ])('%j is wrong usage', (argv, words) => {
    expect(() => readArguments(argv)).toThrow(
      expect.objectContaining({ exitCode: 2, message: expect.stringContaining(words) }),
    )
  })

  test('the help explains each option', () => {
    for (const word of ['folder', '--out', '--data', '--port', '--page-port', '--serve', '--help', 'Exit code'])
      expect(HELP).toContain(word)
    expect(readArguments(['-h']).help).toBe(true)
  })
})

test('folders of one name have results of their own, and the same folder the same', () => {
  const [a, b] = [defaultOut('/a/photos', '/d/s'), defaultOut('/b/photos', '/d/s')]
  expect(a).not.toBe(b)
  expect(defaultOut('/a/photos', '/d/s')).toBe(a)
  expect(a.startsWith(resolve('photos-out', 'photos-'))).toBe(true)
  expect(defaultOut('/d/s', '/d/s')).toBe(resolve('photos-out', 'samples'))
  expect(defaultOut('/', '/d/s')).toContain('root-')
})
