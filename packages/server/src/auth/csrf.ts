import { MonofilError } from '@monofil/protocol'
import type { Credentials } from '../seams/auth.ts'

const READS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * A browser sends cookies with every request, whichever page made it: one that changes something counts only as JSON
 * (which no form can send) and from a page of this origin or of an allowed one.
 * @throws `csrf`.
 */
export function refuseForeignPage(credentials: Credentials, allowedOrigins: ReadonlySet<string>): void {
  if (READS.has(credentials.method)) return
  if (!isJson(credentials.contentType)) {
    throw new MonofilError('csrf', 'With a cookie, what changes something must be sent as application/json.')
  }
  const { origin, host, secFetchSite } = credentials
  // Browsers say it only over https and on localhost; no page can set it.
  if (secFetchSite === 'same-origin') return
  if (origin !== undefined && (allowedOrigins.has(origin) || isOf(origin, host))) return
  throw new MonofilError('csrf', 'A cookie counts only on requests of pages of this origin, or of an allowed one.')
}

function isJson(contentType: string | undefined): boolean {
  return contentType?.split(';', 1)[0]?.trim().toLowerCase() === 'application/json'
}

// A rebound name is a page's own `Host`, but the cookie is not sent to it.
function isOf(origin: string, host: string | undefined): boolean {
  return host !== undefined && (origin === `http://${host}` || origin === `https://${host}`)
}

/** Origins as browsers write them. @throws TypeError for what is none. */
export function originsOf(origins: readonly string[]): ReadonlySet<string> {
  return new Set(
    origins.map((origin) => {
      if (!URL.canParse(origin) || new URL(origin).origin !== origin) {
        throw new TypeError(`allowedOrigins: ${origin} is no origin: write it as https://app.example.com`)
      }
      return origin
    }),
  )
}
