import { describe, expect, it } from 'vitest'
import { LANGUAGES, pickLanguage, textsOf } from './languages.ts'

/** Calls or reads every text of a dictionary, and answers them by their path. */
function textsByPath(value: unknown, path = ''): readonly (readonly [string, string])[] {
  if (typeof value === 'string') return [[path, value]]
  // Both kinds of argument in one: an amount, and what reads as a text where a text is wanted.
  const amount = { count: 2, text: '2', toString: () => '2' }
  if (typeof value === 'function') return [[path, String(value(amount, amount))]]
  return Object.entries(value ?? {}).flatMap(([key, inner]) => textsByPath(inner, `${path}.${key}`))
}

describe.each(Object.keys(LANGUAGES) as (keyof typeof LANGUAGES)[])('%s', (language) => {
  it('has a text for everything', () => {
    for (const [path, text] of textsByPath(textsOf(language))) {
      expect(text.trim(), path).not.toBe('')
      expect(text, path).not.toMatch(/undefined|\[object/)
    }
  })
})

it('says one and many apart, zero as each language does', () => {
  const one = { count: 1, text: '1' }
  const none = { count: 0, text: '0' }
  expect(textsOf('en').failures.group(one)).toBe('1 item')
  expect(textsOf('en').failures.group(none)).toBe('0 items')
  expect(textsOf('fr').failures.group(none)).toBe('0 élément')
})

it('picks what the reader chose, then what the browser wishes, then English', () => {
  expect(pickLanguage('fr', ['en'])).toBe('fr')
  expect(pickLanguage(null, ['de-DE', 'fr-CA', 'en'])).toBe('fr')
  expect(pickLanguage(null, ['de'])).toBe('en')
  expect(pickLanguage('xx', [])).toBe('en')
})
