import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { readArguments } from './arguments.ts'

test('defaults, and what is said', () => {
  expect(readArguments([])).toEqual({
    ...{ help: false, folder: null, project: 'p1', top: 3, model: null, language: 'en', serve: false },
    ...{ port: 4000, pagePort: 4001, data: resolve('.monofil') },
  })
  const said = ['my CVs', '--project', 'p2', '--top', '50', '--model', 'llama3.2', '--language', 'fr', '--port', '0']
  expect(readArguments([...said, '--serve', '--data', 'd'])).toEqual({
    ...{
      help: false,
      folder: resolve('my CVs'),
      project: 'p2',
      top: 50,
      model: 'llama3.2',
      language: 'fr',
      serve: true,
    },
    ...{ port: 0, pagePort: 0, data: resolve('d') },
  })
})

test.each([
  [['a', 'b'], 'One folder at a time'],
  [[''], 'A folder needs a name'],
  [['--project', 'p9'], '--project takes one of p1, p2, p3, not "p9"'],
  [['--top', '51'], '--top takes a number from 1 to 50, not "51"'],
  [['--top', '1.5'], '--top takes a number'],
  [['--language', 'de'], '--language takes one of en, fr'],
  [['--port', '70000'], '--port takes a number from 0 to 65535'],
  [['--page-port', 'x'], '--page-port takes a number'],
  [['--model', ''], '--model takes a name'],
  [['--nonsense'], 'Unknown option'],
])('%j is wrong usage: %s', (argv, words) => {
  expect(() => readArguments(argv)).toThrow(
    expect.objectContaining({ exitCode: 2, message: expect.stringContaining(words) }),
  )
})
