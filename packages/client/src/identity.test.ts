import { expect, it } from 'vitest'
import { identityOf } from './identity.ts'

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const jwt = (claims: unknown) => `${part({ alg: 'none' })}.${part(claims)}.sig`

it('is who issued the token and to whom', () => {
  expect(identityOf(jwt({ sub: 'a' }))).toBe(identityOf(jwt({ sub: 'a', exp: 5, jti: 'x' })))
  const names = [{ sub: 'a' }, { sub: 'b' }, { sub: 'a', iss: 'x' }, { sub: 'a', iss: 'y' }, { sub: '' }].map(
    (claims) => identityOf(jwt(claims)),
  )
  expect(new Set(names).size).toBe(5)
  expect(names).not.toContain(null)
})

it('reads the alphabet of urls', () => {
  // Both of "-" and "_" are in it.
  const token = jwt({ sub: '>>>???ÿÿÿ' })
  expect(token.split('.')[1]).toMatch(/-.*_|_.*-/)
  expect(identityOf(token)).toMatch(/^sub /)
})

it.each([
  ['no JWT', 'opaque'],
  ['nothing', ''],
  ['no sub', jwt({ iss: 'x' })],
  ['a sub that is no text', jwt({ sub: 5 })],
  ['no object', jwt(null)],
  ['text in the middle', 'a.b.c'],
])('is unknown: %s', (_, token) => {
  expect(identityOf(token)).toBeNull()
})
