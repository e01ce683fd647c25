import type { Failure, LogLine } from '@monofil/protocol'
import type { Notification, NotificationTarget } from '../notifications/index.ts'

/** What a handler is given beside its item. `Input` is the workflow's input after its schema. */
export interface StepContext<Input = unknown> {
  readonly run: { readonly id: string; readonly workflow: string }
  readonly step: string
  /** The run's input, parsed by the workflow's schema for this attempt alone: changing it changes nothing elsewhere. */
  readonly input: Input
  readonly item: { readonly id: string; readonly index: number }
  /** 1 for the first attempt. */
  readonly attempt: number
  /**
   * Aborts when the attempt is over before the handler is: its time is up, its lease is lost, its run was
   * cancelled or paused at once, or the worker stops.
   * What the handler returns after that is thrown away.
   */
  readonly signal: AbortSignal
  /** Adds a line to the run's log, kept and live. Never throws; what is over 8 kB of text or 64 kB of data is cut. */
  log(message: string, data?: unknown, level?: LogLine['level']): void
  /**
   * Sends a notification in the name of the run's owner, in the transaction that records this item's result: with it or not
   * at all, however often the item is tried. Answers its id. Templates of the hub are not known here: give `texts`.
   * @throws `invalid_request` with the field; more than 100 of one item.
   */
  notify(notification: Notification, to: NotificationTarget): string
  /** Results of a step's completed items in order of index, read page by page while you iterate. */
  results<Result = unknown>(step: string): Results<Result>
  /** A step's items that failed for good, in order of index, read page by page: what an honest summary has to name. */
  failures<Item = unknown>(step: string): Results<FailedItem<Item>>
}

/** An item without a result, and why. */
export interface FailedItem<Item = unknown> {
  readonly id: string
  readonly index: number
  readonly attempts: number
  /** What the handler was given. */
  readonly item: Item
  readonly error: Failure
}

/** What a step left behind as a stream; each iteration reads it anew. */
export interface Results<Entry> extends AsyncIterable<Entry> {
  /** All of them at once, where they fit in memory. */
  all(): Promise<Entry[]>
}

/** A step's code: what it returns (JSON, or nothing) is the item's result. It may run again for the same item. */
export type StepHandler<Input, Item> = (context: StepContext<Input>, item: Item) => unknown
