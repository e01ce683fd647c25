import { MonofilError } from '@monofil/protocol'
import type { Authenticator, Principal, TicketCredential } from '../seams/auth.ts'
import type { Logger } from '../seams/system.ts'
import type { AddressOf, CameByHttps } from './client-address.ts'
import type { RateLimits } from './limits.ts'
import type { Surrounding } from './outer.ts'
import { noContent, problem, type Reply } from './reply.ts'
import { credentialsOf, type Request } from './request.ts'
import type { Match, Router } from './router.ts'

/** What it takes to answer a request, whatever carries it. */
export interface Answering {
  readonly router: Router
  readonly authenticator: Authenticator
  readonly limits: RateLimits
  readonly addressOf: AddressOf
  readonly cameByHttps: CameByHttps
  readonly logger: Logger
  /** Throws for a user whose credential was revoked; left out: none ever is. */
  readonly refuseRevoked?: ((principal: Principal) => void) | undefined
  /** Told of everybody who asks, before they are answered; a promise is waited for. Left out: nobody is told. */
  readonly meet?: ((principal: Principal) => Promise<void> | undefined) | undefined
  /** What goes around every answer; left out: no other origin, no https. */
  readonly surrounding?: Surrounding | undefined
}

/** A request before its route and its user are known. */
export interface Carried {
  readonly method: string
  /** Path and query. */
  readonly url: string
  /** The socket's. */
  readonly address: string
  /** HTTP/1.0, which of what is in use only proxies speak: nginx does unless it is told otherwise. */
  readonly isOldHttp: boolean
  header(name: string): string | undefined
  json(): Promise<unknown>
}

/** The user of routes that ask for no credential: without any right. */
const NOBODY: Principal = { sub: '', roles: [], topics: [], publish: [], expiresAtMs: null }

/** Finds the route, asks who it is, and answers; whatever goes wrong is an answer too. Never rejects. */
export async function answer(answering: Answering, carried: Carried): Promise<Reply> {
  const { router, limits, logger } = answering
  const { method, url } = carried
  try {
    const address = answering.addressOf(carried)
    const known = router.lookUp(method, url)
    if (known?.route.isProbe !== true) limits.request(address)
    if (method === 'OPTIONS') return options(router, url)
    const match = known ?? router.find(method, url)
    const request = new RoutedRequest(carried, match, { address, isHttps: answering.cameByHttps(carried) })
    if (match.route.isPublic !== true) {
      const principal = whoAsks(answering, carried, match.route, request)
      request.principal = principal instanceof Promise ? await principal : principal
      answering.refuseRevoked?.(request.principal)
      const met = answering.meet?.(request.principal)
      if (met !== undefined) await met
    }
    return await match.route.handle(request)
  } catch (thrown) {
    let error = thrown
    const passing = method === 'GET' ? router.lookUp(method, url)?.route.passing : undefined
    try {
      if (passing !== undefined) return passing(error)
    } catch (final) {
      error = final
    }
    if (!MonofilError.is(error) || error.code === 'internal') {
      logger.error('request failed', { method, path: url.split('?')[0], error })
    }
    const allow = MonofilError.is(error) && error.code === 'method_not_allowed' ? router.allowed(url) : []
    return problem(error, allow.length > 0 ? ['Allow', allow.join(', ')] : challengeOf(error, carried))
  }
}

/** What RFC 6750 wants beside a 401: what is wrong with the credential, where there was one. */
function challengeOf(error: unknown, carried: Carried): readonly string[] {
  if (!MonofilError.is(error) || error.status !== 401) return []
  const isBearer = carried.header('authorization') !== undefined
  const words = error.message.replace(/[^ !#-[\]-~]/g, '')
  return [
    'WWW-Authenticate',
    `Bearer realm="monofil"${isBearer ? `, error="invalid_token", error_description="${words}"` : ''}`,
  ]
}

/** Where a request comes from, beyond the proxies that are trusted. */
type Client = Pick<Request, 'address' | 'isHttps'>

/** Who asks, within what may be tried and published. Not async: most authenticators answer at once. */
function whoAsks(
  { authenticator, limits }: Answering,
  carried: Carried,
  { isPublish, passing }: Match['route'],
  { address, isHttps }: Client,
): Principal | Promise<Principal> {
  const plain = credentialsOf({ address: carried.address, method: carried.method, isHttps }, (name) =>
    carried.header(name),
  )
  const ticket = ticketOf(carried, passing !== undefined)
  // A proxy that says nothing of itself otherwise: without this a hub without keys would take it for its developer.
  const forwarded = plain.forwarded || carried.isOldHttp
  const credentials = ticket === undefined && !carried.isOldHttp ? plain : { ...plain, ticket, forwarded }
  limits.attempt(address, credentials)
  const counted = (principal: Principal) => {
    if (isPublish === true) limits.publish(credentials, principal)
    return principal
  }
  const refused = (error: unknown): never => {
    limits.refused(address, credentials, error)
    throw error
  }
  let principal: Principal | Promise<Principal>
  try {
    principal = authenticator.authenticate(credentials)
  } catch (error) {
    return refused(error)
  }
  return principal instanceof Promise ? principal.then(counted, refused) : counted(principal)
}

function ticketOf(carried: Carried, isStream: boolean): TicketCredential | undefined {
  const { method, url } = carried
  const mark = url.indexOf('?')
  if (mark === -1 || !url.includes('ticket', mark)) return undefined
  const text = new URLSearchParams(url.slice(mark + 1)).get('ticket')
  if (text === null) return undefined
  return { text, isForStream: isStream && method === 'GET', lastEventId: carried.header('last-event-id') }
}

function options(router: Router, url: string): Reply {
  const allowed = router.allowed(url)
  if (allowed.length === 0) throw new MonofilError('not_found', 'There is nothing here.')
  return noContent(['Allow', allowed.join(', ')])
}

class RoutedRequest implements Request {
  readonly params: Match['params']
  principal: Principal = NOBODY
  readonly #carried: Carried
  readonly address: string
  readonly isHttps: boolean
  #query: URLSearchParams | undefined = undefined

  constructor(carried: Carried, match: Match, { address, isHttps }: Client) {
    this.#carried = carried
    this.address = address
    this.isHttps = isHttps
    this.params = match.params
  }

  get method(): string {
    return this.#carried.method
  }

  get path(): string {
    return this.#carried.url.split('?', 1)[0] as string
  }

  get query(): URLSearchParams {
    const { url } = this.#carried
    const mark = url.indexOf('?')
    this.#query ??= new URLSearchParams(mark === -1 ? '' : url.slice(mark + 1))
    return this.#query
  }

  header(name: string): string | undefined {
    return this.#carried.header(name)
  }

  json(): Promise<unknown> {
    return this.#carried.json()
  }
}
