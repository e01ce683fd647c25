import { Core, type MakeRoute } from './core.ts'
import type { ClientOptions } from './options.ts'
import { VERSION } from './version.ts'

/** A core and how many open clients ride it. */
interface Shared {
  readonly core: Core
  clients: number
}

type Registry = { [key: symbol]: Shared | undefined }

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
  const share = options.share ?? ('document' in globalThis ? 'browser' : 'none')
  const key = Symbol.for(`monofil.client ${VERSION} ${url}`)
  const known = share === 'none' ? undefined : registry[key]
  const shared: Shared = known ?? {
    core: new Core(url, options, share === 'browser' ? makeRoute : undefined),
    clients: 0,
  }
  if (known) known.core.adopt(options)
  else if (share !== 'none') registry[key] = shared
  shared.clients += 1
  const release = () => {
    shared.clients -= 1
    if (shared.clients > 0) return
    if (registry[key] === shared) delete registry[key]
    shared.core.close()
  }
  return { core: shared.core, release }
}
