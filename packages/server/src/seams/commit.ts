import type { KpiChange, Revocation, Run } from '@monofil/protocol'

/** An event as the log holds it: its data is JSON text, encoded once and never parsed on the way to the socket. */
export interface LoggedEvent {
  readonly topic: string
  readonly epoch: string
  readonly offset: number
  readonly type: string
  readonly dataJson: string
  /** ISO 8601, UTC, milliseconds. */
  readonly at: string
}

/** What one commit changed. */
export interface Commit {
  /** Grows with every commit of the store; the `version` of state topics. */
  readonly seq: number
  /**
   * In offset order per topic. Of a commit that changed very many items some events are left out; never a topic's last,
   * so that the hole shows, and the log has them.
   */
  readonly events: readonly LoggedEvent[]
  /** Every run that changed, once, as it is at the end of this commit. */
  readonly runs: readonly Run[]
  /** Runs that were deleted. */
  readonly removedRuns: readonly string[]
  /** Whether an item became claimable. */
  readonly work: boolean
  /** Fences of leases that were taken back: who holds one stops, its result will be refused. */
  readonly revoked: readonly number[]
  /** Credentials that are refused from now on; left out: none. */
  readonly revocations?: readonly Revocation[] | undefined
  /** KPIs that changed, in order; left out: none. */
  readonly kpis?: readonly KpiChange[] | undefined
}
