import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto'

/** A key that signatures are checked with. */
export interface VerifyKey {
  /** Undefined fits every token's `kid`. */
  readonly kid: string | undefined
  /** What it may be used with: a key never checks a signature of another kind. */
  readonly algs: readonly string[]
  readonly key: KeyObject | Uint8Array
}

/** The shortest shared secret: as long as the hash it keys (RFC 7518, 3.2). */
export const MIN_SECRET_BYTES = 32
const MIN_RSA_BITS = 2_048
/** A set is read once and held: no issuer needs more. */
const MAX_KEYS = 100

/** The one key of a shared secret: its UTF-8 bytes. @throws TypeError for one that is too short. */
export function secretKey(secret: string): VerifyKey {
  const key = new TextEncoder().encode(secret)
  if (key.length < MIN_SECRET_BYTES) {
    throw new TypeError(
      `the secret has ${key.length} bytes, and ${MIN_SECRET_BYTES} is the least: make one that is random`,
    )
  }
  return { kid: undefined, algs: ['HS256'], key }
}

/**
 * The public keys in a text: PEM blocks (public keys, certificates, private keys), a JWK, or a set of them. Of a
 * private key only its public half is kept.
 * @throws TypeError that says what is wrong and never shows a key.
 */
export function readKeys(text: string): readonly VerifyKey[] {
  const isJson = text.trimStart().startsWith('{')
  const keys = isJson ? jwksOf(text).map((jwk, place) => fromJwk(jwk, place)) : pemsOf(text).map(fromPem)
  if (keys.length === 0) throw new TypeError('there is no key: PEM blocks, a JWK or a JWK set are read')
  if (keys.length > MAX_KEYS) throw new TypeError(`there are more than ${MAX_KEYS} keys`)
  return keys
}

/** The keys of a JWK set that fit; those for other purposes or of other kinds are left out. */
export function usableKeys(set: unknown): readonly VerifyKey[] {
  const keys: VerifyKey[] = []
  for (const jwk of membersOf(set).slice(0, MAX_KEYS)) {
    try {
      keys.push(fromJwk(jwk, keys.length))
    } catch {
      // Issuers publish keys for encryption and of kinds that we do not take beside those that we do.
    }
  }
  return keys
}

function jwksOf(text: string): readonly unknown[] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new TypeError('the keys look like JSON and are none')
  }
  return typeof value === 'object' && value !== null && 'keys' in value ? membersOf(value) : [value]
}

function membersOf(set: unknown): readonly unknown[] {
  const { keys } = (typeof set === 'object' && set !== null ? set : {}) as { keys?: unknown }
  return Array.isArray(keys) ? keys : []
}

function pemsOf(text: string): readonly string[] {
  return text.match(/-----BEGIN ([A-Z ]+)-----[^-]+-----END \1-----/g) ?? []
}

function fromPem(pem: string, place: number): VerifyKey {
  return keyOf(() => createPublicKey(pem), { kid: undefined, alg: undefined }, place)
}

function fromJwk(value: unknown, place: number): VerifyKey {
  const jwk = (typeof value === 'object' && value !== null ? value : {}) as JsonWebKey
  const { kid, alg, use, key_ops: ops } = jwk
  if (jwk.kty === 'oct') {
    throw new TypeError(`key ${place + 1} is a shared secret, which is never taken beside keys: give it as the secret`)
  }
  const isForSignatures =
    (use === undefined || use === 'sig') && (!Array.isArray(ops) || ops.some((op) => SIGNS.has(op)))
  if (!isForSignatures) throw new TypeError(`key ${place + 1} is not for signatures`)
  const named = { kid: typeof kid === 'string' ? kid : undefined, alg: typeof alg === 'string' ? alg : undefined }
  return keyOf(() => createPublicKey({ key: jwk, format: 'jwk' }), named, place)
}

const SIGNS: ReadonlySet<unknown> = new Set(['verify', 'sign'])

function keyOf(
  make: () => KeyObject,
  { kid, alg }: { readonly kid: string | undefined; readonly alg: string | undefined },
  place: number,
): VerifyKey {
  let key: KeyObject
  try {
    key = make()
  } catch {
    throw new TypeError(`key ${place + 1} cannot be read`)
  }
  const algs = algsOf(key).filter((one) => alg === undefined || one === alg)
  if (algs.length === 0) {
    throw new TypeError(
      `key ${place + 1} is of a kind that is not taken: RSA from ${MIN_RSA_BITS} bits (RS256, PS256), P-256 (ES256) and Ed25519 (EdDSA) are`,
    )
  }
  return { kid, algs, key }
}

function algsOf({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): readonly string[] {
  if (type === 'rsa') return (details?.modulusLength ?? 0) >= MIN_RSA_BITS ? ['RS256', 'PS256'] : []
  if (type === 'ec') return details?.namedCurve === 'prime256v1' ? ['ES256'] : []
  return type === 'ed25519' ? ['EdDSA', 'Ed25519'] : []
}
