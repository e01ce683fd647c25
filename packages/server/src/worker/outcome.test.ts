import { MonofilError } from '@monofil/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { notJson } from './json.ts'
import { logLine } from './log-line.ts'
import { completed, failure, MAX_RESULT_BYTES, NonRetryable } from './outcome.ts'

describe('a result', () => {
  it('of JSON is kept as it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(notJson(value)).toBeUndefined()
        expect(completed(1, 's', value)).toEqual({ fence: 1, kind: 'completed', resultJson: JSON.stringify(value) })
      }),
    )
  })

  it('may be nothing, leave properties out and hold what says itself how it is written', () => {
    expect(completed(1, 's', undefined)).toMatchObject({ resultJson: 'null' })
    expect(completed(1, 's', { a: undefined, at: new Date(0) })).toMatchObject({
      resultJson: '{"at":"1970-01-01T00:00:00.000Z"}',
    })
  })

  const circle: Record<string, unknown> = {}
  circle['self'] = { circle }
  it.each([
    [Number.NaN, 'it is NaN'],
    [{ a: [1, Number.POSITIVE_INFINITY] }, 'it.a[1] is Infinity'],
    [1n, 'it is a bigint'],
    [{ run() {} }, 'it.run is a function'],
    [[undefined], 'it[0] is undefined'],
    [new Map(), 'it is a Map'],
    [{ bytes: new Uint8Array(2) }, 'it.bytes is a Uint8Array'],
    [circle, 'it.self.circle contains itself'],
  ])('that JSON would change fails for good: %s', (value, why) => {
    const message = `The result of step "s" is not JSON: ${why}.`
    expect(completed(1, 's', value)).toEqual({
      fence: 1,
      kind: 'failed',
      error: { code: 'invalid_result', message },
      retryable: false,
    })
  })

  it('over 1 MiB in UTF-8 fails for good and says what to do', () => {
    expect(completed(1, 's', 'x'.repeat(MAX_RESULT_BYTES - 2))).toMatchObject({ kind: 'completed' })
    const over = completed(1, 's', 'ü'.repeat(MAX_RESULT_BYTES / 2))
    expect(over).toMatchObject({ kind: 'failed', retryable: false, error: { code: 'too_large' } })
  })
})

describe('a failure', () => {
  it.each([
    [new Error('no'), 'error', 'no', true],
    [new TypeError(''), 'error', 'TypeError', true],
    [Object.assign(new Error('no'), { code: 'ENOENT' }), 'ENOENT', 'no', true],
    [Object.assign(new Error('no'), { code: 42 }), 'error', 'no', true],
    [Object.assign(new Error('no'), { code: 'a\nb' }), 'error', 'no', true],
    [new MonofilError('not_found', 'no'), 'not_found', 'no', true],
    [new NonRetryable('no'), 'error', 'no', false],
    [new NonRetryable('no', { code: 'not_an_image' }), 'not_an_image', 'no', false],
    ['thrown text', 'error', 'thrown text', true],
    [undefined, 'error', 'undefined', true],
  ])('%s', (thrown, code, message, retryable) => {
    expect(failure(7, thrown)).toEqual({ fence: 7, kind: 'failed', error: { code, message }, retryable })
  })

  it('has a message that fits a list', () => {
    const outcome = failure(7, new Error('x'.repeat(10_000)))
    expect(outcome.kind === 'failed' && outcome.error.message.length).toBe(2_001)
  })
})

describe('a log line', () => {
  it('never makes a handler fail, whatever it is given', () => {
    const circle: Record<string, unknown> = {}
    circle['self'] = circle
    expect(logLine(1, { level: 'info', message: 5, data: circle })).toMatchObject({ message: '5' })
    expect(logLine(1, { level: 'info', message: 'm', data: () => 1 }).dataJson).toBe(
      '{"omitted":"a function is not JSON"}',
    )
    expect(logLine(1, { level: 'info', message: 'm', data: 'x'.repeat(70_000) }).dataJson).toBe(
      '{"omitted":"70002 characters"}',
    )
    expect(logLine(1, { level: 'loud' as 'info', message: 'x'.repeat(9_000), data: undefined })).toEqual({
      fence: 1,
      level: 'info',
      message: `${'x'.repeat(8_192)}…`,
    })
  })
})
