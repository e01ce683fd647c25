import type { Cursor, Envelope, Gap, Snapshot, State } from '@monofil/protocol'
import type { ViewMeta } from './types.ts'

/** What is known of a topic, folded from its snapshots, events and states. */
export interface Fold<V = unknown> {
  /** Whether there is something whole to show. */
  readonly ready: boolean
  /** Where a resource that is over ended; null while it is not. */
  readonly endedAt: { readonly epoch: string; readonly offset: number } | null
  snapshot(snapshot: Snapshot): void
  event(event: Envelope): void
  state(state: State): void
  gap(gap: Gap): void
  /** The snapshot that the hub would send now, for a subscriber that comes late; `at`: where its log stands. */
  parts(topic: string, at: Cursor | null): readonly Snapshot[]
  /** The newest state of a topic that has both events and states; null for others. */
  word(topic: string): State | null
  /** A view that never changes; its parts are the same objects as before where they did not change. */
  view(meta: ViewMeta): V
}
