import fc from 'fast-check'
import { expect, it } from 'vitest'
import { jsonTokens } from './json-tokens.ts'

it('loses and changes no character, whatever the value', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value, null, 2)
      expect(
        jsonTokens(text)
          .map((token) => token.text)
          .join(''),
      ).toBe(text)
    }),
  )
})

it('tells keys from texts, also with quotes and colons in them', () => {
  const kinds = jsonTokens('{"a\\": 1": "b: 2", "n": -1.5e3, "w": null}').filter(({ kind }) => kind !== 'plain')
  expect(kinds.map(({ kind }) => kind)).toEqual(['key', 'string', 'key', 'number', 'key', 'word'])
})

it('leaves a huge text in one piece', () => {
  expect(jsonTokens(JSON.stringify('x'.repeat(70_000)))).toHaveLength(1)
})
