/**
 * Who a JWT speaks for (RFC 7519: `iss` and `sub`), read without checking it, which is the hub's work; null for what
 * is no JWT or names nobody.
 */
export function identityOf(token: string): string | null {
  try {
    const payload = token.split('.')[1] ?? ''
    const { iss, sub } = JSON.parse(atob(payload.replace(/-/g, '+').replace(/_/g, '/'))) as Record<string, unknown>
    return typeof sub === 'string' ? `sub ${JSON.stringify([iss ?? null, sub])}` : null
  } catch {
    return null
  }
}
