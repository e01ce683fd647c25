import type { DatabaseSync } from 'node:sqlite'
import type { Item, KpiChange, Revocation } from '@monofil/protocol'
import type { NoticeRules } from '../notifications/rules.ts'

/**
 * What a command sees inside the SQLite thread: an open transaction that it shares with the other commands of its
 * group. Rule: decide first, write after. A command throws its `MonofilError` before its first write; a throw after
 * one rolls the whole group back, and each of its commands is tried again alone.
 */
export interface Tx {
  /** Compiles each SQL text once: `db.prepare(sql)` on a hot path costs a look-up, no more. */
  readonly db: DatabaseSync
  /** Milliseconds since 1970 and the same as ISO text. */
  readonly now: number
  readonly nowIso: string
  /** The owner's monotonic milliseconds, for leases. */
  readonly monotonic: number
  readonly epoch: string
  /** Grows with each commit; the number this commit will carry. */
  readonly commitSeq: number
  /** What bounds notifications. */
  readonly rules: NoticeRules
  /** Appends to a topic's log and answers the offset; the data may be made from it. */
  append(topic: string, type: string, data: string | ((offset: number) => string)): number
  /** Puts another event in the place of one, if it is still held: its words are gone from the log. */
  replace(topic: string, offset: number, with_: (dataJson: string) => { type: string; data: string }): void
  /**
   * Says that an item changed and answers the offset of the `item` event that will carry it (one event per commit,
   * run and step, split at 500 items or 200 kB). Write that offset into the item's row; the row is read at the end.
   */
  itemChanged(runId: string, step: string, itemId: string, bytes: number): number
  /** Says what that event shows of an item that has just changed, as JSON, so that its row need not be read. */
  itemShown(runId: string, step: string, itemId: string, json: string): void
  /** Reserves the last place of the round: events of items that changed before it come first. */
  sealItems(runId: string): void
  /**
   * Says that a run's row or steps changed: its state is read at the end of the group and announced. A command that
   * answers a run may read it when it likes: the answer is replaced by what is true at the end of the group.
   */
  runChanged(runId: string): void
  /** Says that a run's rows are gone. Its log goes with it: at once from sight, from the disk in slices later. */
  runRemoved(runId: string): void
  /** Says that something may be claimable now. */
  workReady(): void
  /** Says that a lease was taken back, so that who holds it learns at once. */
  leaseTaken(fence: number): void
  /** Says that credentials are refused from now on, so that every hub learns at once. */
  credentialsRevoked(revocation: Revocation): void
  /** Says that a KPI was set or deleted, so that every hub learns at once. */
  kpiChanged(change: KpiChange): void
}

/**
 * What a read is given beside its arguments. It runs in one read transaction of its own connection, and sees every
 * commit that was acknowledged before it was asked for.
 */
export interface ReadContext {
  readonly epoch: string
  /** Milliseconds since 1970. */
  readonly now: number
}

export type ItemReader = (db: DatabaseSync, runId: string, step: string, itemIds: readonly string[]) => Item[]
