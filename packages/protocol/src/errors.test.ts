import { expect, it } from 'vitest'
import { type ErrorCode, MonofilError, STATUS } from './errors.ts'
import { problemOf, TITLES } from './problem.ts'

it.each(Object.keys(STATUS) as ErrorCode[])('%s becomes a problem document', (code) => {
  const error = new MonofilError(code, 'run 7 is paused; resume it first', {
    field: 'id',
    runId: '7',
    cause: new Error('x'),
  })
  expect(problemOf(error, 'https://example.test/errors')).toEqual({
    type: `https://example.test/errors#${code}`,
    title: TITLES[code],
    status: STATUS[code],
    code,
    detail: 'run 7 is paused; resume it first',
    field: 'id',
    runId: '7',
  })
  expect(MonofilError.is(error)).toBe(true)
  expect(error.cause).toBeInstanceOf(Error)
})

it('recognises its own kind only', () => {
  expect(MonofilError.is(new Error('x'))).toBe(false)
  expect(MonofilError.is({ name: 'MonofilError', code: 'internal' })).toBe(false)
})
