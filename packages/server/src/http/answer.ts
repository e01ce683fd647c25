import { MonofilError } from '@monofil/protocol'
import type { Authenticator, Principal } from '../seams/auth.ts'
import type { Logger } from '../seams/system.ts'
import type { Surrounding } from './outer.ts'
import { noContent, problem, type Reply } from './reply.ts'
import { credentialsOf, type Request } from './request.ts'
import type { Match, Router } from './router.ts'

/** What it takes to answer a request, whatever carries it. */
export interface Answering {
  readonly router: Router
  readonly authenticator: Authenticator
  readonly logger: Logger
  /** What goes around every answer; left out: no other origin, no https. */
  readonly surrounding?: Surrounding | undefined
}

/** A request before its route and its user are known. */
export interface Carried {
  readonly method: string
  /** Path and query. */
  readonly url: string
  readonly address: string
  header(name: string): string | undefined
  json(): Promise<unknown>
}

/** The user of routes that ask for no credential: without any right. */
const NOBODY: Principal = { sub: '', roles: [], topics: [], publish: [], expiresAtMs: null }

/** Finds the route, asks who it is, and answers; whatever goes wrong is an answer too. Never rejects. */
export async function answer(answering: Answering, carried: Carried): Promise<Reply> {
  const { router, authenticator, logger } = answering
  const { method, url } = carried
  try {
    if (method === 'OPTIONS') return options(router, url)
    const match = router.find(method, url)
    const request = new RoutedRequest(carried, match)
    if (match.route.isPublic !== true) {
      const principal = authenticator.authenticate(credentialsOf((name) => carried.header(name), carried.address))
      request.principal = principal instanceof Promise ? await principal : principal
    }
    return await match.route.handle(request)
  } catch (error) {
    if (!MonofilError.is(error) || error.code === 'internal') {
      logger.error('request failed', { method, path: url.split('?')[0], error })
    }
    const allow = MonofilError.is(error) && error.code === 'method_not_allowed' ? router.allowed(url) : []
    return problem(error, allow.length > 0 ? ['Allow', allow.join(', ')] : [])
  }
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
  #query: URLSearchParams | undefined = undefined

  constructor(carried: Carried, match: Match) {
    this.#carried = carried
    this.params = match.params
  }

  get method(): string {
    return this.#carried.method
  }

  get address(): string {
    return this.#carried.address
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
