import { type ErrorCode, MonofilError, STATUS } from '@monofil/protocol'
import { describe, expect, it } from 'vitest'
import { fromWireError, parseCallerFrame, parseOwnerFrame, toWireError } from './messages.ts'

describe('errors over the socket', () => {
  it('keep code, message and details, for every code', () => {
    for (const code of Object.keys(STATUS) as ErrorCode[]) {
      const error = new MonofilError(code, `about ${code}`, { runId: 'r1', findings: [{ field: 'a', message: 'b' }] })
      const got = fromWireError(JSON.parse(JSON.stringify(toWireError(error))))
      expect(got).toMatchObject({ code, status: error.status, message: error.message, details: error.details })
    }
  })

  it('of other kinds become internal and keep their words to themselves', () => {
    expect(fromWireError(toWireError(new Error('SELECT secret')))).toMatchObject({ code: 'internal' })
    expect(toWireError(new Error('SELECT secret')).message).not.toContain('secret')
  })

  it('with a code of another version become internal', () => {
    expect(fromWireError({ code: 'toString', message: 'x', details: {} }).code).toBe('internal')
  })
})

describe('frames', () => {
  it.each(['', 'null', '7', '[]', '{}', '{"kind":"nope"}', '{"kind":"call","id":1.5,"method":"x","args":[]}'])(
    'that are none are refused: %s',
    (text) => {
      expect(() => parseCallerFrame(text)).toThrow(expect.objectContaining({ code: 'invalid_request' }))
    },
  )

  it.each([
    '{"kind":"call","id":1,"method":"log.read","args":{}}',
    '{"kind":"call","id":1,"args":[]}',
    '{"kind":"join","id":1}',
    '{"kind":"hello","version":1}',
  ])('of a caller must have their parts: %s', (text) => {
    expect(() => parseCallerFrame(text)).toThrow(expect.objectContaining({ code: 'invalid_request' }))
  })

  it('of the owner must be of a known kind', () => {
    expect(() => parseOwnerFrame('{"kind":"call"}')).toThrow(/unknown kind call/)
  })
})
