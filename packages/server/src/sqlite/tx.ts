import type { DatabaseSync } from 'node:sqlite'
import type { Item } from '@monofil/protocol'

/**
 * What a command sees inside the SQLite thread: an open transaction that it shares with the other commands of its
 * group. Rule: decide first, write after. A command throws its `MonofilError` before its first write; a throw after
 * one rolls the whole group back, and each of its commands is tried again alone.
 */
export interface Tx {
  readonly db: DatabaseSync
  /** Milliseconds since 1970 and the same as ISO text. */
  readonly now: number
  readonly nowIso: string
  /** The owner's monotonic milliseconds, for leases. */
  readonly monotonic: number
  readonly epoch: string
  /** Grows with each commit; the number this commit will carry. */
  readonly commitSeq: number
  /** Appends to a topic's log and answers the offset. */
  append(topic: string, type: string, dataJson: string): number
  /**
   * Says that an item changed and answers the offset of the `item` event that will carry it (one event per commit,
   * run and step, split at 500 items or 200 kB). Write that offset into the item's row; the row is read at the end.
   */
  itemChanged(runId: string, step: string, itemId: string, bytes: number): number
  /** Reserves the last place of the round: events of items that changed before it come first. */
  sealItems(runId: string): void
  /** Says that a run's row or steps changed: its state is read at the end of the group and announced. */
  runChanged(runId: string): void
  runRemoved(runId: string): void
  /** Says that something may be claimable now. */
  workReady(): void
}

/** A command of the thread: pure SQL and arithmetic, no I/O but the database. */
export type Command<A, R> = (tx: Tx, args: A) => R

export type ItemReader = (db: DatabaseSync, runId: string, step: string, itemIds: readonly string[]) => Item[]
