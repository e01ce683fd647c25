import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes, randomUUID } from 'node:crypto'
import { SignJWT } from 'jose'
import { secretKey } from './keys.ts'

/** What a token says. */
export interface TokenClaims {
  readonly sub: string
  readonly roles?: readonly string[] | undefined
  readonly topics?: readonly string[] | undefined
  readonly publish?: readonly string[] | undefined
  /** How long it counts from now, in ms. */
  readonly lifeMs: number
  readonly issuer?: string | undefined
  readonly audience?: string | readonly string[] | undefined
  /** Its own id, by which it can be revoked; left out: a random one. */
  readonly jti?: string | undefined
}

/** What a token is signed with: the hub's secret, or a private key in PEM (PKCS 8): Ed25519, P-256 or RSA. */
export type SigningKey = { readonly secret: string } | { readonly privateKey: string }

/**
 * Makes a token that `jwtAuthenticator` takes.
 * @throws TypeError for a secret or key that cannot be used; it shows neither.
 */
export async function issueToken(claims: TokenClaims, signing: SigningKey, now = Date.now()): Promise<string> {
  const { key, alg } = 'secret' in signing ? shared(signing.secret) : pair(signing.privateKey)
  const { sub, roles = [], topics = [], publish = [], lifeMs, issuer, audience, jti = randomUUID() } = claims
  const issuedAt = Math.floor(now / 1_000)
  const token = new SignJWT({ roles, topics, publish })
    .setProtectedHeader({ alg, typ: 'JWT' })
    .setSubject(sub)
    .setJti(jti)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + Math.ceil(lifeMs / 1_000))
  if (issuer !== undefined) token.setIssuer(issuer)
  if (audience !== undefined) token.setAudience(typeof audience === 'string' ? audience : [...audience])
  return token.sign(key)
}

function shared(secret: string): { readonly key: Uint8Array; readonly alg: string } {
  return { key: secretKey(secret).key as Uint8Array, alg: 'HS256' }
}

function pair(pem: string): { readonly key: KeyObject; readonly alg: string } {
  let key: KeyObject
  try {
    key = createPrivateKey(pem)
  } catch {
    throw new TypeError('this is no private key in PEM')
  }
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key
  const isP256 = type === 'ec' && details?.namedCurve === 'prime256v1'
  const alg = type === 'ed25519' ? 'EdDSA' : isP256 ? 'ES256' : type === 'rsa' ? 'RS256' : undefined
  if (alg === undefined)
    throw new TypeError('the private key is of a kind that is not taken: Ed25519, P-256 and RSA are')
  return { key, alg }
}

/** A new shared secret: 32 random bytes as 43 characters, which are the key as they stand. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url')
}

/** A new key pair in PEM: whoever issues tokens holds the private key, hubs only the public one. */
export function newKeyPair(alg: 'EdDSA' | 'ES256'): { readonly privateKey: string; readonly publicKey: string } {
  const pair = alg === 'EdDSA' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return {
    privateKey: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKey: pair.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  }
}
