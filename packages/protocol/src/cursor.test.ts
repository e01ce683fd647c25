import fc from 'fast-check'
import { expect, it } from 'vitest'
import { formatCursor, parseCursor } from './cursor.ts'

const epoch = fc.stringMatching(/^[a-z0-9]{8,16}$/)

it('reads what it writes', () => {
  fc.assert(
    fc.property(epoch, fc.nat(Number.MAX_SAFE_INTEGER), (name, offset) => {
      expect(parseCursor(formatCursor({ epoch: name, offset }))).toEqual({ epoch: name, offset })
    }),
  )
})

it('reads 0 as the start of the log', () => expect(parseCursor('0')).toBe('start'))

it.each([
  '',
  '1',
  'abcdefgh',
  'abcdefgh:',
  ':1',
  'abcdefg:1',
  'ABCDEFGH:1',
  'abcdefgh:01',
  'abcdefgh:-1',
  'abcdefgh:1.5',
  'abcdefgh:9007199254740992',
  'abcdefgh:1\n',
  'abcdefgh:1 ',
  ' abcdefgh:1',
  'abcdefgh:1:2',
  null,
  undefined,
  7,
  {},
])('refuses %j', (text) => expect(parseCursor(text)).toBeUndefined())

it('takes anything and never throws', () => {
  fc.assert(
    fc.property(fc.oneof(fc.anything(), fc.string()), (value) => {
      parseCursor(value)
    }),
  )
})
