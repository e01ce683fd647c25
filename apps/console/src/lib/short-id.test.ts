import { expect, it } from 'vitest'
import { shortId } from './short-id.ts'

it('keeps short ids whole and both ends of long ones', () => {
  expect(shortId('photos-42')).toBe('photos-42')
  expect(shortId('01jd2k3m4n5p6q7r8s9t')).toBe('01jd2…7r8s9t')
})
