import { MonofilError } from '@monofil/protocol'
import type { Authenticator, Credentials, Principal } from '../seams/auth.ts'
import { OPERATOR_ROLE } from './can.ts'

const LOCAL_NAME = /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i
const LOCAL_ORIGIN = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i
const LOOPBACK = /^(127(\.\d{1,3}){3}|::1|::ffff:127(\.\d{1,3}){3})$/

const DEVELOPER: Principal = {
  sub: 'dev',
  roles: [OPERATOR_ROLE],
  topics: ['*'],
  publish: ['*'],
  expiresAtMs: null,
}

/**
 * The authenticator of development mode: everybody is user `dev` with role `admin`, credentials are ignored. What
 * keeps that from being a hole is that only this machine gets in: a `Host` or `Origin` that is not local (a page of
 * another site, DNS rebinding), a forwarding header (a proxy in front) and a remote address that is not loopback are
 * refused with `forbidden`.
 */
export function developmentAuthenticator(): Authenticator {
  return {
    authenticate(credentials: Credentials): Principal {
      const refusal = refuse(credentials)
      if (refusal !== undefined) throw new MonofilError('forbidden', `${refusal} Configure keys to serve others.`)
      return DEVELOPER
    },
  }
}

function refuse({ host, origin, forwarded, remoteAddress, secFetchSite }: Credentials): string | undefined {
  if (host === undefined || !LOCAL_NAME.test(host)) {
    return 'Without keys the hub is in development mode and answers only as localhost, 127.0.0.1 or [::1].'
  }
  if (origin !== undefined && !LOCAL_ORIGIN.test(origin)) {
    return 'Without keys the hub is in development mode and answers no page of another origin.'
  }
  // Pictures, scripts and links of another site come without an Origin; a page of another port here has one.
  if (origin === undefined && secFetchSite === 'cross-site') {
    return 'Without keys the hub is in development mode and answers no page of another site.'
  }
  if (forwarded) return 'Without keys the hub is in development mode and answers nothing that came through a proxy.'
  if (remoteAddress !== undefined && !LOOPBACK.test(remoteAddress)) {
    return 'Without keys the hub is in development mode and answers this machine only.'
  }
  return undefined
}
