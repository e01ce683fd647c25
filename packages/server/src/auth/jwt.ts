import { MonofilError } from '@monofil/protocol'
import { compactVerify, decodeProtectedHeader } from 'jose'
import type { Authenticator, Credentials, Principal } from '../seams/auth.ts'
import { type Clock, type Logger, silentLogger, systemClock } from '../seams/system.ts'
import { OPERATOR_ROLE } from './can.ts'
import { type ClaimRules, invalid, MAX_TOKEN_LIFE_MS, principalOf } from './claims.ts'
import { bearerToken, COOKIE_NAME, isCookieName, tokenInCookie } from './cookie.ts'
import { originsOf, refuseForeignPage } from './csrf.ts'
import { fixedKeys, JWKS_TIMES, type JwksTimes, type KeySource, RemoteKeys } from './jwks.ts'
import { readKeys, secretKey } from './keys.ts'
import { TokenCache } from './token-cache.ts'

/** How tokens are checked. Exactly one of `secret`, `keys` and `jwksUrl` is given. */
export interface JwtOptions {
  /** A shared secret of at least 32 bytes: only HS256 is taken then. */
  readonly secret?: string | undefined
  /** PEM blocks, a JWK or a JWK set, as text: RS256, PS256, ES256 or EdDSA, as each key says. */
  readonly keys?: string | undefined
  /** Where the issuer publishes its JWK set. */
  readonly jwksUrl?: string | URL | undefined
  readonly jwksTimes?: Partial<JwksTimes> | undefined
  /** What `iss` must be, or one of them; left out: anything. */
  readonly issuer?: string | readonly string[] | undefined
  /** What `aud` must have; left out: anything. */
  readonly audience?: string | readonly string[] | undefined
  /** How far the issuer's clock may be ahead, for `nbf` and `iat`: 5,000 ms. Never for `exp`. */
  readonly leewayMs?: number | undefined
  /** The longest life of a token that is taken: 86,400,000 ms (24 h). Revocations are kept as long. */
  readonly maxLifeMs?: number | undefined
  /** Name of the session's cookie on plain http; over https it has the prefix `__Host-`. `monofil`. */
  readonly cookieName?: string | undefined
  /** The role that has every right: `admin`. */
  readonly operatorRole?: string | undefined
  /** Origins beside the hub's own whose pages may change things by the session's cookie. */
  readonly allowedOrigins?: readonly string[] | undefined
  /** Tokens that are remembered as checked: 4,096; 0 checks each time. */
  readonly cached?: number | undefined
  readonly clock?: Clock | undefined
  readonly logger?: Logger | undefined
}

const LEEWAY_MS = 5_000
const CACHED = 4_096
const MAX_TOKEN_BYTES = 8 * 1024
/** Tokens without `kid` are tried with this many keys. */
const MAX_TRIES = 8
const TOKEN = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*$/

/**
 * Users by JSON Web Tokens, in `Authorization: Bearer` or in the session's cookie.
 * @throws TypeError for options that are not safe or not clear; it never shows a secret or a key.
 */
export function jwtAuthenticator(options: JwtOptions): Authenticator {
  const { clock = systemClock, cookieName = COOKIE_NAME } = options
  const tokens = new Tokens(options, clock)
  const allowed = originsOf(options.allowedOrigins ?? [])
  if (!isCookieName(cookieName)) {
    throw new TypeError('cookieName is 1 to 64 letters, digits, dots, dashes and underscores, without a prefix')
  }
  return {
    cookieName,
    maxLifeMs: options.maxLifeMs ?? MAX_TOKEN_LIFE_MS,
    authenticate(credentials: Credentials) {
      const { authorization, cookie, isSecure } = credentials
      if (authorization !== undefined) {
        const token = bearerToken(authorization)
        if (token === undefined) throw new MonofilError('unauthorized', 'Authorization must be: Bearer and a token.')
        return tokens.check(token)
      }
      const token = tokenInCookie(cookie, cookieName, isSecure)
      if (token === undefined) throw new MonofilError('unauthorized', 'A credential is needed: send a token.')
      refuseForeignPage(credentials, allowed)
      return tokens.check(token)
    },
  }
}

class Tokens {
  readonly #source: KeySource
  readonly #rules: ClaimRules
  readonly #clock: Clock
  readonly #cache: TokenCache

  constructor(options: JwtOptions, clock: Clock) {
    this.#source = sourceOf(options, clock)
    this.#rules = rulesOf(options)
    this.#clock = clock
    this.#cache = new TokenCache(options.cached ?? CACHED)
  }

  /** The user of a token; at once where it is known. @throws `unauthorized`, `token_expired`, `store_unavailable`. */
  check(token: string): Principal | Promise<Principal> {
    if (token.length > MAX_TOKEN_BYTES) throw invalid(`it is longer than ${MAX_TOKEN_BYTES} bytes`)
    if (!TOKEN.test(token)) throw invalid('it is no signed JWT')
    const place = this.#cache.placeOf(token)
    const { generation } = this.#source
    return this.#cache.get(place, this.#clock.now(), generation) ?? this.#verify(token, place)
  }

  async #verify(token: string, place: string): Promise<Principal> {
    const header = headerOf(token)
    const keys = await this.#source.find(header.kid)
    const { generation } = this.#source
    const tried = keys.filter((key) => key.algs.includes(header.alg)).slice(0, MAX_TRIES)
    for (const { key } of tried) {
      const payload = await payloadOf(token, key, header.alg)
      if (payload === undefined) continue
      const principal = principalOf(payload, this.#rules, this.#clock.now())
      this.#cache.set(place, principal, generation)
      return principal
    }
    throw invalid(tried.length === 0 ? 'no key of this hub fits it' : 'its signature is wrong')
  }
}

/** Only `alg` and `kid` are read: a key, or an address of one, that a token brings along proves nothing. */
function headerOf(token: string): { readonly alg: string; readonly kid: string | undefined } {
  let header: Readonly<Record<string, unknown>>
  try {
    header = decodeProtectedHeader(token)
  } catch {
    throw invalid('its header cannot be read')
  }
  const { alg, kid } = header
  if (typeof alg !== 'string') throw invalid('its header has no alg')
  if ('crit' in header) throw invalid('its header asks for an extension (crit)')
  if (kid !== undefined && (typeof kid !== 'string' || kid.length > 512)) throw invalid('its kid is no name')
  return { alg, kid }
}

async function payloadOf(
  token: string,
  key: Parameters<typeof compactVerify>[1],
  alg: string,
): Promise<Uint8Array | undefined> {
  try {
    return (await compactVerify(token, key, { algorithms: [alg] })).payload
  } catch {
    return undefined
  }
}

function sourceOf({ secret, keys, jwksUrl, jwksTimes, logger = silentLogger }: JwtOptions, clock: Clock): KeySource {
  // A public key taken for a secret is how tokens are forged: the two are never mixed.
  const given = [secret, keys, jwksUrl].filter((one) => one !== undefined && one !== '')
  if (given.length !== 1)
    throw new TypeError('tokens are checked with one of secret, keys and jwksUrl, and not with several')
  if (secret) return fixedKeys([secretKey(secret)])
  if (keys) return fixedKeys(readKeys(keys))
  const url = new URL(String(jwksUrl))
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new TypeError('jwksUrl is an https address')
  if (url.username !== '' || url.password !== '') throw new TypeError('jwksUrl must not hold a password')
  if (url.protocol === 'http:') {
    logger.warn('the keys of tokens come over plain http: who is on the way can forge tokens', { origin: url.origin })
  }
  return new RemoteKeys({ url, clock, logger, times: { ...JWKS_TIMES, ...jwksTimes } })
}

function rulesOf(options: JwtOptions): ClaimRules {
  const {
    issuer,
    audience,
    leewayMs = LEEWAY_MS,
    maxLifeMs = MAX_TOKEN_LIFE_MS,
    operatorRole = OPERATOR_ROLE,
  } = options
  if (!(leewayMs >= 0 && leewayMs <= 300_000)) throw new TypeError('leewayMs is from 0 to 300000')
  if (!(maxLifeMs >= 1_000)) throw new TypeError('maxLifeMs is at least 1000')
  return { issuers: setOf(issuer), audiences: setOf(audience), leewayMs, maxLifeMs, operatorRole }
}

function setOf(given: string | readonly string[] | undefined): ReadonlySet<string> | undefined {
  if (given === undefined) return undefined
  const values = typeof given === 'string' ? [given] : given
  return values.length === 0 ? undefined : new Set(values)
}
