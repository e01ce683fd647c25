import { MonofilError } from '@monofil/protocol'
import findMyWay from 'find-my-way'
import type { About } from './about.ts'
import type { Reply } from './reply.ts'
import type { Request } from './request.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
const METHODS: readonly Method[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

export interface Route {
  readonly method: Method
  /** `:name` is one segment, `*` the rest. */
  readonly path: string
  /** Answered to everybody: no credential is asked for. */
  readonly isPublic?: boolean
  /** Asked by those who watch the hub: no limit counts it, or a flood would make them end the hub. */
  readonly isProbe?: boolean
  /** Requests that count against the limit of their bearer. */
  readonly isPublish?: boolean
  /** A stream for native EventSource: how to answer what will pass with a stream that says so. Rethrows the rest. */
  readonly passing?: (error: unknown) => Reply
  /** What the OpenAPI document says of it. */
  readonly about: About
  handle(request: Request): Promise<Reply> | Reply
}

export interface Match {
  readonly route: Route
  readonly params: Readonly<Record<string, string | undefined>>
}

export interface Router {
  /**
   * The route of a request; HEAD finds that of GET. `path` may carry its query.
   * @throws `not_found`, `method_not_allowed` (see `allowed` for its header).
   */
  find(method: string, path: string): Match
  /** The same; undefined where there is none. */
  lookUp(method: string, path: string): Match | undefined
  /** Methods that this path knows, for `Allow`; empty when there is no such path. */
  allowed(path: string): readonly string[]
}

/**
 * Routes by method and path, on find-my-way's radix tree.
 * @throws TypeError for a route without description, or with an id that another one has.
 */
export function createRouter(routes: readonly Route[]): Router {
  // Ids and topics come percent-encoded, three characters for one.
  const tree = findMyWay({ maxParamLength: 4_096, onBadUrl: () => undefined, querystringParser: () => undefined })
  checkAbout(routes)
  for (const route of routes) tree.on(route.method, route.path, () => undefined, route)

  function lookUp(method: string, path: string): Match | undefined {
    const found = METHODS.includes(method as Method) ? tree.find(method as Method, path) : null
    // A path that cannot be decoded answers a handler without a route.
    return found?.store === undefined || found.store === null
      ? undefined
      : { route: found.store as Route, params: found.params }
  }
  function allowed(path: string): readonly string[] {
    const methods: string[] = METHODS.filter((method) => lookUp(method, path) !== undefined)
    return methods.length === 0 ? [] : [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS']
  }
  return {
    allowed,
    lookUp,
    find(method, path) {
      const match = lookUp(method === 'HEAD' ? 'GET' : method, path)
      if (match !== undefined) return match
      const shown = path.split('?')[0]?.slice(0, 200)
      if (allowed(path).length === 0) throw new MonofilError('not_found', `There is nothing at ${shown}.`)
      throw new MonofilError('method_not_allowed', `${method} is not possible at ${shown}.`)
    },
  }
}

// A route that the document does not name would be one that nobody checks.
function checkAbout(routes: readonly Route[]): void {
  const ids = new Set<string>()
  for (const { method, path, about } of routes as readonly (Omit<Route, 'about'> & { readonly about?: About })[]) {
    if (about === undefined) throw new TypeError(`the route ${method} ${path} has no description`)
    if (ids.has(about.id)) throw new TypeError(`the route ${method} ${path} has the id of another one: ${about.id}`)
    ids.add(about.id)
  }
}
