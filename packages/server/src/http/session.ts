import { MonofilError } from '@monofil/protocol'
import { bearerToken, endedCookies, isOperator, refuseForeignPage, sessionCookie } from '../auth/index.ts'
import { RIGHTS } from './about-rights.ts'
import type { RouteContext } from './context.ts'
import { json, noContent } from './reply.ts'
import { credentialsOf, type Request } from './request.ts'
import type { Route } from './router.ts'

const NO_ORIGINS: ReadonlySet<string> = new Set()

/** `/v1/session`: who one is, and a token kept by the browser, where no script can read it. */
export function sessionRoutes({
  authenticator,
  clock,
}: Pick<RouteContext, 'authenticator' | 'clock'>): readonly Route[] {
  const cookieName = authenticator?.cookieName
  return [
    {
      method: 'GET',
      path: '/v1/session',
      about: RIGHTS.session,
      handle: (request) => json(sessionOf(request, modeOf(request, authenticator))),
    },
    {
      method: 'POST',
      path: '/v1/session',
      about: RIGHTS.signIn,
      handle(request) {
        if (cookieName === undefined) throw noSessions(authenticator !== undefined)
        const token = bearerToken(request.header('authorization') ?? '')
        if (token === undefined)
          throw new MonofilError('unauthorized', 'A session begins with a token: send it as Authorization: Bearer.')
        const credentials = credentialsOf(request, (name) => request.header(name))
        // A page that came over https reaches nothing that does not, this machine apart, where browsers take it too.
        const isSecure = credentials.isSecure || credentials.origin?.startsWith('https:') === true
        const maxAgeMs = (request.principal.expiresAtMs ?? clock.now()) - clock.now()
        const cookie = sessionCookie(cookieName, token, { maxAgeMs, isSecure })
        if (cookie === undefined)
          throw new MonofilError('too_large', 'The token is too large for a cookie, which holds 4,096 bytes.')
        return json(sessionOf(request, 'cookie'), 200, ['Set-Cookie', cookie])
      },
    },
    {
      method: 'DELETE',
      path: '/v1/session',
      about: RIGHTS.signOut,
      // A session that has expired can be ended too, and who has none has what they want.
      isPublic: true,
      handle(request) {
        if (cookieName === undefined) throw noSessions(authenticator !== undefined)
        const credentials = credentialsOf(request, (name) => request.header(name))
        if (credentials.authorization === undefined) refuseForeignPage(credentials, NO_ORIGINS)
        return noContent(endedCookies(cookieName).flatMap((cookie) => ['Set-Cookie', cookie]))
      },
    },
  ]
}

type Mode = 'development' | 'token' | 'cookie' | 'application'

function modeOf(request: Request, authenticator: RouteContext['authenticator']): Mode {
  if (authenticator === undefined) return 'development'
  if (authenticator.cookieName === undefined) return 'application'
  return request.header('authorization') === undefined ? 'cookie' : 'token'
}

function sessionOf({ principal }: Request, mode: Mode) {
  const { sub, roles, topics, publish, expiresAtMs } = principal
  const expiresAt = expiresAtMs === null ? null : new Date(expiresAtMs).toISOString()
  return { user: sub, roles, topics, publish, isOperator: isOperator(principal), expiresAt, mode }
}

function noSessions(isApplications: boolean): MonofilError {
  const why = isApplications
    ? 'Who signs in here is decided by the application this hub is part of.'
    : 'Without keys the hub is in development mode, where everybody on this machine is signed in.'
  return new MonofilError('invalid_state', why, { state: isApplications ? 'application' : 'development' })
}
