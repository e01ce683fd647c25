import type { ExportSettings } from '../exports/index.ts'
import type { Hub } from '../hub/index.ts'
import type { Notifier } from '../notifications/index.ts'
import type { Authenticator } from '../seams/auth.ts'
import type { Bus } from '../seams/bus.ts'
import type { Store } from '../seams/store.ts'
import type { Clock, Logger, Random } from '../seams/system.ts'

/** What the routes work with. */
export interface RouteContext {
  readonly store: Store
  readonly bus: Bus
  readonly hub: Hub
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  /** Says that a schedule was made or changed: it may be due before the next sweep would look. */
  readonly scheduled: () => void
  readonly notifier: Notifier
  /** Who makes requests; undefined in development mode. */
  readonly authenticator: Authenticator | undefined
  readonly exports: ExportSettings
  /** The console's build; left out: the console is not served. */
  readonly consoleDir: string | undefined
  /** The most of one text, in UTF-16 characters, and the most KPIs; left out: the defaults. */
  readonly maxTextChars?: number | undefined
  readonly maxKpis?: number | undefined
}
