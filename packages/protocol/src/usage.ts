/** By what `GET /v1/usage` adds up; several may be named. */
export const USAGE_DIMENSIONS = ['day', 'workflow', 'model', 'owner'] as const
export type UsageDimension = (typeof USAGE_DIMENSIONS)[number]

/** One sum of `GET /v1/usage`; money of different currencies is never added up. */
export interface UsageRow {
  /** `YYYY-MM-DD`, UTC. */
  readonly day?: string
  readonly workflow?: string
  /** Null: none was named. */
  readonly model?: string | null
  readonly owner?: string
  readonly tokens: number
  /** Decimal string, at most 6 places. */
  readonly cost: string
  /** Null: none was named. */
  readonly currency: string | null
}
