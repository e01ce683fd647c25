import { GOODBYE_REASONS } from '@monofil/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatLastId, formatPlaces, parseEventId } from './event-id.ts'

const epoch = fc.stringMatching(/^[a-z0-9]{8,16}$/)
const offset = fc.option(fc.nat({ max: Number.MAX_SAFE_INTEGER }), { nil: undefined })
const offsets = fc.array(offset, { minLength: 1, maxLength: 32 })

test('an id read back says the same places, and why the stream ended', () => {
  fc.assert(
    fc.property(epoch, offsets, fc.constantFrom(...GOODBYE_REASONS), (name, given, reason) => {
      const places = formatPlaces(name, given)
      const expected = given.map((one) => (one === undefined ? undefined : { epoch: name, offset: one }))
      const id = formatLastId(places, 'cabc', reason)
      expect(parseEventId(id, given.length)).toEqual({ places: expected, ended: reason })
      if (places !== undefined)
        expect(parseEventId(places, given.length)).toEqual({ places: expected, ended: undefined })
      expect(id).toMatch(/^[\x21-\x7e]+$/)
      expect(id.length).toBeLessThan(1_000)
    }),
  )
})

test('whatever a reader sends is a place for each topic', () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 1, max: 32 }), (text, count) => {
      const { places } = parseEventId(text, count)
      expect(places).toHaveLength(count)
      for (const place of places) expect(['undefined', 'string', 'object']).toContain(typeof place)
    }),
  )
  expect(parseEventId('0', 2).places).toEqual(['start', 'start'])
  expect(parseEventId('abcdefgh:1', 2).places).toEqual(['unknown', 'unknown'])
  expect(parseEventId('abcdefgh:9007199254740993', 1).places).toEqual(['unknown'])
})
