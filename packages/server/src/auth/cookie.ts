/** The default name of the cookie that holds a token. */
export const COOKIE_NAME = 'monofil'

/** Whether a session's cookie may have this name: 1 to 64 letters, digits, `.`, `_`, `-`, and no `__` in front. */
export function isCookieName(name: string): boolean {
  return /^(?!__)[A-Za-z0-9._-]{1,64}$/.test(name)
}

/** The token of an `Authorization` header; undefined for one that is no bearer's. */
export function bearerToken(authorization: string): string | undefined {
  return /^Bearer +([^ ]+) *$/i.exec(authorization)?.[1]
}

/** What a browser keeps of one cookie: name, value and attributes together. */
const MAX_COOKIE_BYTES = 4_096

/**
 * The name as it is over https: no other host, not even a subdomain, can set a cookie with this prefix, and none is
 * ever sent in the clear.
 */
export function secureName(name: string): string {
  return `__Host-${name}`
}

/**
 * The token in a `Cookie` header; undefined where there is none. Over https only the prefixed name counts, since a
 * page of a neighbouring host can set the other.
 */
export function tokenInCookie(header: string | undefined, name: string, isSecure: boolean): string | undefined {
  if (header === undefined) return undefined
  return cookieOf(header, secureName(name)) ?? (isSecure ? undefined : cookieOf(header, name))
}

function cookieOf(header: string, name: string): string | undefined {
  for (const part of header.split(';')) {
    const mark = part.indexOf('=')
    if (mark !== -1 && part.slice(0, mark).trim() === name) return part.slice(mark + 1).trim()
  }
  return undefined
}

/** `Set-Cookie` for a token that ends in `maxAgeMs`; undefined where a browser would not keep one so large. */
export function sessionCookie(
  name: string,
  token: string,
  { maxAgeMs, isSecure }: { readonly maxAgeMs: number; readonly isSecure: boolean },
): string | undefined {
  const maxAge = Math.max(0, Math.floor(maxAgeMs / 1_000))
  const text = isSecure
    ? `${secureName(name)}=${token}; ${ATTRIBUTES}; Max-Age=${maxAge}; Secure`
    : `${name}=${token}; ${ATTRIBUTES}; Max-Age=${maxAge}`
  return text.length <= MAX_COOKIE_BYTES ? text : undefined
}

/** `Set-Cookie` values that end a session, whichever name it has. */
export function endedCookies(name: string): readonly string[] {
  return [`${name}=; ${ATTRIBUTES}; Max-Age=0`, `${secureName(name)}=; ${ATTRIBUTES}; Max-Age=0; Secure`]
}

const ATTRIBUTES = 'Path=/; HttpOnly; SameSite=Lax'
