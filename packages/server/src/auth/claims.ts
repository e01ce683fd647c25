import { isLabel, isSub, MonofilError } from '@monofil/protocol'
import { z } from 'zod'
import type { Principal } from '../seams/auth.ts'

/** The longest life of tokens unless it is set: 24 h. */
export const MAX_TOKEN_LIFE_MS = 86_400_000

/** The most that one token may name. */
const MAX_ROLES = 100
const MAX_PATTERNS = 200

/** A topic or deed, or a prefix of them ending in `*`; `%` is how a `sub` is written that the grammar does not have. */
const PATTERN = /^(\*|[A-Za-z0-9][A-Za-z0-9._:/@~+=,%-]{0,1023}\*?)$/

const patterns = z.array(z.string().regex(PATTERN)).max(MAX_PATTERNS).default([])
/** Seconds since 1970, up to the year 9999. */
const seconds = z.number().min(0).max(253_402_300_799)

const claimsSchema = z.object({
  sub: z.string().refine(isSub),
  roles: z.array(z.string().refine(isLabel)).max(MAX_ROLES).default([]),
  topics: patterns,
  publish: patterns,
  exp: seconds,
  nbf: seconds.optional(),
  iat: seconds.optional(),
  jti: z.string().refine(isSub).optional(),
  iss: z.string().optional(),
  aud: z.union([z.string(), z.array(z.string())]).optional(),
})

export type Claims = z.infer<typeof claimsSchema>

/** What a token is held against. Times are ms. */
export interface ClaimRules {
  readonly issuers: ReadonlySet<string> | undefined
  readonly audiences: ReadonlySet<string> | undefined
  /** For `nbf` and `iat`: how far the issuer's clock may be ahead. Never for `exp`. */
  readonly leewayMs: number
  /** The longest life of a token that is taken. */
  readonly maxLifeMs: number
  readonly operatorRole: string
}

/**
 * The user of a token whose signature was found right. No value of a claim is in a message.
 * @throws `token_expired`, `unauthorized`.
 */
export function principalOf(payload: Uint8Array, rules: ClaimRules, now: number): Principal {
  const claims = parseClaims(payload)
  const issuedAtMs = claims.iat === undefined ? null : Math.floor(claims.iat * 1_000)
  const expiresAtMs = Math.floor(claims.exp * 1_000)
  const ahead = now + rules.leewayMs
  refuseForeign(claims, rules)
  if (expiresAtMs <= now) throw new MonofilError('token_expired', 'The token has expired: get another one.')
  if (claims.nbf !== undefined && claims.nbf * 1_000 > ahead) throw invalid('it does not count yet (nbf)')
  if (issuedAtMs !== null && issuedAtMs > ahead) throw invalid('it was issued in the future (iat)')
  if (expiresAtMs - (issuedAtMs ?? now) > rules.maxLifeMs + rules.leewayMs) {
    throw invalid('it lives longer than this hub takes tokens for (exp)')
  }
  const { sub, roles, topics, publish, jti = null } = claims
  const isOperator = roles.includes(rules.operatorRole)
  return { sub, roles, topics, publish, expiresAtMs, jti, issuedAtMs, isOperator }
}

function parseClaims(payload: Uint8Array): Claims {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload))
  } catch {
    throw invalid('its claims are no JSON')
  }
  const parsed = claimsSchema.safeParse(value)
  if (parsed.success) return parsed.data
  const path = parsed.error.issues[0]?.path.map(String).join('.') ?? ''
  throw invalid(path === '' ? 'its claims are no object' : `its claim ${path} is missing or not as it must be`)
}

function refuseForeign({ iss, aud }: Claims, { issuers, audiences }: ClaimRules): void {
  if (issuers !== undefined && (iss === undefined || !issuers.has(iss))) throw invalid('its issuer is another (iss)')
  if (audiences === undefined) return
  const named = typeof aud === 'string' ? [aud] : (aud ?? [])
  if (!named.some((one) => audiences.has(one))) throw invalid('it is for somebody else (aud)')
}

/** A refusal that says what is wrong with a token, in words of ours only. */
export function invalid(why: string): MonofilError {
  return new MonofilError('unauthorized', `The token is not valid: ${why}.`)
}
