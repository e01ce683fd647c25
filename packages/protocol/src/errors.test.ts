import { expect, it } from 'vitest'
import { ERRORS, type ErrorCode, MonofilError } from './errors.ts'

it.each(Object.keys(ERRORS) as ErrorCode[])('%s becomes a problem document', (code) => {
  const error = new MonofilError(code, 'run 7 is paused; resume it first', {
    field: 'id',
    runId: '7',
    cause: new Error('x'),
  })
  expect(error.toProblem('https://example.test/errors')).toEqual({
    type: `https://example.test/errors#${code}`,
    title: ERRORS[code].title,
    status: ERRORS[code].status,
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
