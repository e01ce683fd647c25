/** What helps while an application is made: a log in the console, `window.__monofil()`, warnings of second streams. */
import type { Core } from '../core.ts'
import type { Logger } from '../options.ts'
import type { FlightRecorderOptions } from '../recorder/flight-recorder.ts'
import { coresOfPage, debugAll } from '../registry.ts'
import type { Diagnostics } from '../types.ts'
import { type DevelopmentHook, HOOK } from './hook.ts'
import { consoleLogger } from './log.ts'
import { CoreRecorder } from './recorder.ts'
import { StreamWatch } from './streams.ts'

declare global {
  /** In development: what every client of this page tells about itself. */
  var __monofil: (() => readonly Diagnostics[]) | undefined
}

/** Options of the development tools; each has a default. The first call's count. */
export interface DevelopmentOptions {
  /** Where lines of clients without a `logger` of their own go. Default: the console. */
  readonly logger?: Logger | undefined
  /** Bounds of the flight recorder that each client without one gets. */
  readonly recorder?: FlightRecorderOptions | undefined
  /** Streams that are nobody's mistake. Default: those of webpack's hot updates. */
  readonly ignore?: ((url: URL) => boolean) | undefined
}

/**
 * Starts the development tools for every client of this page, made before or after, and answers the function that
 * ends them. Several calls are one: the last that ends, ends them. `<MonofilProvider>` calls it in development builds.
 */
export function developmentTools(options: DevelopmentOptions = {}): () => void {
  const page = globalThis as { [HOOK]?: Tools }
  page[HOOK] ??= new Tools(options, () => delete page[HOOK])
  return page[HOOK].join()
}

class Tools implements DevelopmentHook {
  readonly logger: Logger
  readonly #options: DevelopmentOptions
  readonly #recorders = new WeakMap<Core, CoreRecorder>()
  readonly #streams: StreamWatch
  readonly #debug = () => debugAll()
  readonly #onEnd: () => void
  #users = 0

  constructor(options: DevelopmentOptions, onEnd: () => void) {
    this.logger = options.logger ?? consoleLogger()
    this.#options = options
    this.#onEnd = onEnd
    this.#streams = new StreamWatch({
      cores: coresOfPage,
      own: (signal) => coresOfPage().some((core) => this.recorderOf(core).owns(signal)),
      ignore: options.ignore ?? isHotUpdate,
    })
    globalThis.__monofil = this.#debug
    // Loaded with a dynamic import, the tools come after the first stream was asked for.
    for (const { route, tally } of coresOfPage()) {
      const { marker, status } = route.info()
      if (status !== 'idle') this.logger.debug('monofil development tools', { marker, status, number: tally.tries })
    }
  }

  recorderOf(core: Core): CoreRecorder {
    const known = this.#recorders.get(core)
    if (known !== undefined) return known
    const made = new CoreRecorder(core, this.#options.recorder ?? {})
    this.#recorders.set(core, made)
    return made
  }

  join(): () => void {
    this.#users += 1
    let left = false
    return () => {
      if (left) return
      left = true
      this.#users -= 1
      if (this.#users === 0) this.#close()
    }
  }

  #close(): void {
    this.#streams.close()
    if (globalThis.__monofil === this.#debug) globalThis.__monofil = undefined
    this.#onEnd()
  }
}

function isHotUpdate({ pathname }: URL): boolean {
  return pathname === '/__webpack_hmr' || pathname === '/_next/webpack-hmr'
}
