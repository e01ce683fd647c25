import type { UsageDimension, UsageRow } from '@monofil/protocol'
import type { Page, PageQuery } from './api.ts'

/** Which sums of what runs used. */
export interface UsageFilter extends PageQuery {
  /** UTC days, today's included: 1 to 400; 30 when left out. */
  readonly days?: number | undefined
  /** What the sums are by; `day` when left out. Currencies are kept apart. */
  readonly by?: UsageDimension | readonly UsageDimension[] | undefined
  readonly workflow?: string | undefined
  readonly owner?: string | undefined
  readonly model?: string | undefined
}

/** What runs used, one's own or all one may see: the newest day first, then by name. */
export type ReadUsage = (filter?: UsageFilter) => Promise<Page<UsageRow>>
