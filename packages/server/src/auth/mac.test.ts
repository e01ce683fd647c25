import { createHmac, randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { Mac } from './mac.ts'

test('is HMAC-SHA-256, cut to 128 bits', () => {
  for (const length of [0, 1, 32, 63, 64]) {
    const key = randomBytes(length)
    for (const text of ['', 'a', 'é日本', 'x'.repeat(5_000)]) {
      const whole = createHmac('sha256', key).update(`id 1\0${text}`).digest()
      expect(new Mac(key).of('id 1', text)).toBe(whole.subarray(0, 16).toString('base64url'))
    }
  }
  expect(() => new Mac(randomBytes(65))).toThrow(RangeError)
})
