/** The client without what tabs need to share a stream: smaller, and exactly one stream in each tab. */
import { makeClient } from './client.ts'
import type { ClientOptions } from './options.ts'
import type { MonofilClient } from './types.ts'

export type * from './index.ts'

/** As `createClient` of the package itself, with `share: 'browser'` taken for `tab`. */
export function createClient(options: ClientOptions = {}): MonofilClient {
  return makeClient(options)
}
