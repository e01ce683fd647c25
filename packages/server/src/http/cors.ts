import { MonofilError } from '@monofil/protocol'
import { noContent, type PlainReply, problem } from './reply.ts'

/** What a page may send beside what every page may. */
const ALLOWED_HEADERS = 'Authorization, Content-Type, Cache-Control, Last-Event-ID'
const ALLOWED_METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE'
/** What of an answer a page may read beside what every page may. */
const EXPOSED_HEADERS = 'Content-Disposition, Monofil-Connection, Monofil-Node, Retry-After'
/** How long a browser may remember a preflight: an origin that is taken off the list is out after so long. */
const MAX_AGE_S = 600

type HeaderOf = (name: string) => string | undefined

/**
 * Which pages of other origins may call the hub: those of an exact list. Nothing is allowed by pattern, and never every
 * origin, since credentials are allowed with it. An origin that is not on it gets no header of CORS, and its preflights
 * are 403.
 */
export class Cors {
  readonly #origins: ReadonlySet<string>

  /** @throws TypeError for what is no origin as browsers write it: `https://app.example.com`, with its port if it has one. */
  constructor(origins: readonly string[]) {
    const bad = origins.find((origin) => !isOrigin(origin))
    if (bad !== undefined) {
      throw new TypeError(`corsOrigins: ${bad} is no origin: write each as https://app.example.com, never * or a path`)
    }
    this.#origins = new Set(origins)
  }

  /** The answer to a preflight; undefined for any other request. */
  preflight(method: string, header: HeaderOf): PlainReply | undefined {
    if (method !== 'OPTIONS' || header('access-control-request-method') === undefined) return undefined
    const origin = header('origin')
    if (origin === undefined) return undefined
    if (!this.#origins.has(origin)) {
      const words = 'Pages of this origin may not call the hub: MONOFIL_CORS_ORIGINS does not name it.'
      return problem(new MonofilError('forbidden', words))
    }
    return noContent([
      'Access-Control-Allow-Methods',
      ALLOWED_METHODS,
      'Access-Control-Allow-Headers',
      ALLOWED_HEADERS,
      'Access-Control-Max-Age',
      String(MAX_AGE_S),
    ])
  }

  /** What every answer carries. Caches keep answers for each origin apart, those without one too. */
  headers(header: HeaderOf): readonly string[] {
    if (this.#origins.size === 0) return NONE
    const origin = header('origin')
    if (origin === undefined || !this.#origins.has(origin)) return VARY
    return [
      'Vary',
      'Origin',
      'Access-Control-Allow-Origin',
      origin,
      'Access-Control-Allow-Credentials',
      'true',
      'Access-Control-Expose-Headers',
      EXPOSED_HEADERS,
    ]
  }
}

const NONE: readonly string[] = []
const VARY: readonly string[] = ['Vary', 'Origin']

/** Whether this is an origin of http or https exactly as a browser sends it. */
function isOrigin(text: string): boolean {
  // A star is a character that hosts may have, and never what somebody who writes it means.
  if (!/^https?:\/\/[^*]+$/.test(text) || !URL.canParse(text)) return false
  return new URL(text).origin === text
}
