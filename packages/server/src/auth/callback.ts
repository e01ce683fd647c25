import { isLabel, isSub, MonofilError } from '@monofil/protocol'
import type { Authenticator, Credentials, Principal } from '../seams/auth.ts'
import { originsOf, refuseForeignPage } from './csrf.ts'

/** Who makes a request, as an application knows it; what is left out is none. */
export interface CallbackAnswer extends Partial<Principal> {
  readonly sub: string
  /**
   * How the application knows: by a cookie (default), which a browser sends whichever page asks, or by something that
   * only the application's own code can send.
   */
  readonly via?: 'cookie' | 'bearer' | undefined
}

/** Answers who makes a request; null: nobody that is known. */
export type AuthenticateCallback = (request: Credentials) => CallbackAnswer | null | Promise<CallbackAnswer | null>

export interface CallbackOptions {
  /** Origins beside the hub's own whose pages may change things by the application's cookie. */
  readonly allowedOrigins?: readonly string[] | undefined
}

/**
 * Users by an application's own sessions. Give `expiresAtMs`, or a stream outlives the session it began with; and
 * `issuedAtMs`, or a revocation refuses sessions that began after it too.
 * @throws TypeError for origins that are none.
 */
export function callbackAuthenticator(callback: AuthenticateCallback, options: CallbackOptions = {}): Authenticator {
  const allowed = originsOf(options.allowedOrigins ?? [])
  return {
    async authenticate(credentials) {
      const answer = await callback(credentials)
      if (answer === null) throw new MonofilError('unauthorized', 'A session is needed: sign in.')
      if (answer.via !== 'bearer') refuseForeignPage(credentials, allowed)
      return principalOf(answer)
    },
  }
}

function principalOf({ via: _, ...answer }: CallbackAnswer): Principal {
  const { roles = [], topics = [], publish = [], expiresAtMs = null } = answer
  if (!isSub(answer.sub) || !roles.every(isLabel)) {
    throw new MonofilError(
      'internal',
      'The authentication callback answered no user: sub is 1 to 255 printable characters.',
    )
  }
  return { ...answer, roles, topics, publish, expiresAtMs }
}
