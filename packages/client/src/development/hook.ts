import type { Core } from '../core.ts'
import type { Recorder } from '../notes.ts'
import type { Logger } from '../options.ts'
import { VERSION } from '../version.ts'

/** What `@monofil/client/development` puts where every copy of the client finds it. */
export interface DevelopmentHook {
  /** For clients without a logger of their own. */
  readonly logger: Logger
  /** Always the same for one core; it tells the core's own recorder too. */
  recorderOf(core: Core): Recorder
}

/** Where it is put: on `globalThis`, for a page may load these modules twice. */
export const HOOK = Symbol.for(`monofil.development ${VERSION}`)

/** The development tools of this page, once they are started. */
export function developmentHook(): DevelopmentHook | undefined {
  return (globalThis as { [HOOK]?: DevelopmentHook })[HOOK]
}
