import { makeClient } from './client.ts'
import type { ClientOptions } from './options.ts'
import { SharedRoute } from './sharing/shared-route.ts'
import type { MonofilClient } from './types.ts'

/**
 * A client of the hub at `options.url`, whose tabs share one stream unless told otherwise. Nothing is requested until
 * something is subscribed to, called or connected.
 */
export function createClient(options: ClientOptions = {}): MonofilClient {
  return makeClient(options, (owner, marker) => new SharedRoute(owner, marker))
}
