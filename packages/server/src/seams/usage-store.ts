import type { UsageDimension, UsageRow } from '@monofil/protocol'
import type { Page } from './run-store.ts'

/** Whose usage a list may answer: everybody's, or one's own and that of workflows by `workflow:` patterns. */
export type UsageViewer =
  | { readonly all: true }
  | { readonly all: false; readonly sub: string; readonly patterns: readonly string[] }

export interface UsageQuery {
  readonly viewer: UsageViewer
  /** UTC days, today's included. */
  readonly days: number
  /** What the sums are by; currencies are always kept apart. */
  readonly by: readonly UsageDimension[]
  readonly workflow?: string | undefined
  readonly owner?: string | undefined
  readonly model?: string | undefined
  readonly limit: number
  readonly cursor?: string | undefined
}

/** What runs used, by day; kept when they are gone. */
export interface UsageStore {
  /**
   * Sums, the newest day first, then by name. One consistent read. @throws `invalid_request` for a cursor that is none.
   */
  list(query: UsageQuery): Promise<Page<UsageRow>>
}
