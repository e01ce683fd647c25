import { expect, it } from 'vitest'
import { returnTo, signInPath, userOf } from './session.ts'

it('leads back to pages of the console only', () => {
  expect(returnTo('?to=%2Fruns%2Fr1%3Ftab%3Dlogs')).toBe('/runs/r1?tab=logs')
  for (const to of ['//evil.test', '/\\evil.test', 'https://evil.test', 'javascript:alert(1)', '', '/sign-in?to=/x']) {
    expect(returnTo(`?${new URLSearchParams({ to })}`)).toBe('/runs')
  }
  expect(returnTo(signInPath('/runs?q=a&b').slice('/sign-in'.length))).toBe('/runs?q=a&b')
})

it('reads whom a token speaks for, in any alphabet, and nothing of what is none', () => {
  const token = `x.${Buffer.from(JSON.stringify({ sub: 'Zoë Ж' })).toString('base64url')}.y`
  expect(userOf(token)).toBe('Zoë Ж')
  for (const bad of ['', 'x', 'a.b.c', 'a.e30.c', 'a.bnVsbA.c']) expect(userOf(bad)).toBeNull()
})
