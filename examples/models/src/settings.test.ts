import { expect, test } from 'vitest'
import { retryAfterOf } from './failure.ts'
import { readModelSettings } from './settings.ts'

const url = 'https://models.example/v1'

test('no address, no endpoint: what others set is none of ours', () => {
  expect(readModelSettings({ OPENAI_API_KEY: 'theirs', OPENAI_BASE_URL: url, MODEL_KEY: 'k' })).toBeNull()
  expect(readModelSettings({ MODEL_URL: '' })).toBeNull()
})

test('defaults, and what is set', () => {
  expect(readModelSettings({ MODEL_URL: url, MODEL_NAME: '', PATH: '/bin' })).toEqual({
    ...{ url, key: null, model: null, timeoutMs: 60_000, maxTokens: 800, json: 'object', price: null },
  })
  const set = { MODEL_KEY: 'k', MODEL_NAME: 'm', MODEL_TIMEOUT_MS: '5', MODEL_MAX_TOKENS: '9', MODEL_JSON: 'text' }
  expect(readModelSettings({ MODEL_URL: url, ...set, MODEL_PRICE: '0.15 0.60 USD' })).toEqual({
    ...{ url, key: 'k', model: 'm', timeoutMs: 5, maxTokens: 9, json: 'text' },
    price: { input: 0.15, output: 0.6, currency: 'USD' },
  })
})

test.each([
  ['MODEL_URL', 'models.example'],
  ['MODEL_URL', 'file:///etc/passwd'],
  ['MODEL_TIMEOUT_MS', 'soon'],
  ['MODEL_TIMEOUT_MS', '0'],
  ['MODEL_MAX_TOKENS', '1.5'],
  ['MODEL_JSON', 'xml'],
  ['MODEL_PRICE', '1 USD'],
])('%s=%s is refused by its name, with what it takes', (name, value) => {
  expect(() => readModelSettings({ MODEL_URL: url, [name]: value })).toThrow(
    expect.objectContaining({ code: 'bad_settings', message: expect.stringMatching(new RegExp(`^${name} takes `)) }),
  )
})

test('when to come back: seconds, a date, ms; sense is kept', () => {
  const now = Date.parse('2026-01-01T00:00:00Z')
  const after = (headers: Record<string, string>) => retryAfterOf(new Headers(headers), now)
  expect(after({ 'Retry-After': '2' })).toBe(2000)
  expect(after({ 'Retry-After': 'Thu, 01 Jan 2026 00:00:30 GMT' })).toBe(30_000)
  expect(after({ 'Retry-After': '9', 'Retry-After-Ms': '250' })).toBe(250)
  expect(after({ 'Retry-After': 'later' })).toBe(10_000)
  expect(after({ 'Retry-After': '-5' })).toBe(1)
  expect(after({ 'Retry-After': '9999999' })).toBe(86_400_000)
  expect(retryAfterOf(undefined)).toBe(10_000)
})
