import { MonofilError } from '@monofil/protocol'
import type { Authenticator, Principal } from '@monofil/server'

/**
 * Users by name: `Authorization: Bearer NAME`. What is left out of a user is no right; `Bearer expired` has expired, and a
 * name that is not among them is no credential.
 */
export function usersByName(users: Readonly<Record<string, Partial<Principal>>>): Authenticator {
  return {
    cookieName: 'monofil',
    authenticate({ authorization }) {
      const sub = authorization?.slice('Bearer '.length) ?? ''
      if (sub === 'expired') throw new MonofilError('token_expired', 'Get a new token.')
      const user = users[sub]
      if (user === undefined) throw new MonofilError('unauthorized', 'Send a Bearer token.')
      return { sub, roles: [], topics: [], publish: [], expiresAtMs: null, ...user }
    },
  }
}
