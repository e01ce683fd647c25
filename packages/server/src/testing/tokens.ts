import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import type { Credentials } from '../seams/auth.ts'

/** A secret for tests. */
export const SECRET = 'a-secret-for-tests-of-32-bytes-ok'

/** A request by a bearer, or by what else is given. */
export function credentials(token: string | undefined, facts: Partial<Credentials> = {}): Credentials {
  return {
    authorization: token === undefined ? undefined : `Bearer ${token}`,
    cookie: undefined,
    host: 'hub.test',
    origin: undefined,
    forwarded: false,
    remoteAddress: '127.0.0.1',
    method: 'GET',
    contentType: undefined,
    secFetchSite: undefined,
    isSecure: false,
    ...facts,
  }
}

/** Claims as text, signed by a shared secret; times are seconds. */
export function hs256(claims: Readonly<Record<string, unknown>>, secret = SECRET): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode(secret))
}

/** A key pair with its public half as a JWK. */
export interface TestKey {
  readonly jwk: JWK
  sign(claims: Readonly<Record<string, unknown>>, header?: Readonly<Record<string, unknown>>): Promise<string>
}

export async function testKey(alg: string, kid?: string): Promise<TestKey> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true })
  const named = kid === undefined ? {} : { kid }
  return {
    jwk: { ...(await exportJWK(publicKey)), ...named },
    sign: (claims, header = {}) =>
      new SignJWT(claims).setProtectedHeader({ alg, ...named, ...header }).sign(privateKey),
  }
}
