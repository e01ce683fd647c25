import { Core, type MakeRoute } from './core.ts'
import { diagnose } from './diagnose.ts'
import type { ClientOptions } from './options.ts'
import type { Diagnostics } from './types.ts'
import { VERSION } from './version.ts'

/** A core and how many open clients ride it. */
interface Shared {
  readonly core: Core
  clients: number
  debug(): Diagnostics
}

type Registry = { [key: symbol]: Shared | undefined }

const PREFIX = 'monofil.client '

/** What every client of this page tells, one for each stream it could have; of other versions of this module too. */
export function debugAll(): Diagnostics[] {
  return ridden('').map((one) => one.debug())
}

/** What holds the streams of this page, or could. */
export function coresOfPage(): Core[] {
  return ridden(`${VERSION} `).map(({ core }) => core)
}

function ridden(version: string): Shared[] {
  const registry = globalThis as Registry
  const keys = Object.getOwnPropertySymbols(registry)
  return keys.flatMap((key) => (key.description?.startsWith(PREFIX + version) && registry[key]) || [])
}

/**
 * The core of this tab for a hub. It lives on `globalThis`, because a bundler's reload or a page with two bundles
 * loads this module twice, and each would hold a stream of its own.
 */
export function takeCore(
  url: string,
  options: ClientOptions,
  makeRoute?: MakeRoute,
): { readonly core: Core; readonly release: () => void } {
  const registry = globalThis as Registry
  const page = 'document' in globalThis
  const share = options.share ?? (page ? 'browser' : 'none')
  const name = `${PREFIX}${VERSION} ${url}`
  const key = share === 'none' ? Symbol(name) : Symbol.for(name)
  const known = registry[key]
  const shared = known ?? ride(new Core(url, options, share === 'browser' ? makeRoute : undefined))
  if (known) known.core.adopt(options)
  // On a server a client that nobody closes must not be kept alive by this.
  else if (page || share !== 'none') registry[key] = shared
  shared.clients += 1
  const release = () => {
    shared.clients -= 1
    if (shared.clients > 0) return
    if (registry[key] === shared) delete registry[key]
    shared.core.close()
  }
  return { core: shared.core, release }
}

function ride(core: Core): Shared {
  return { core, clients: 0, debug: () => diagnose(core) }
}
