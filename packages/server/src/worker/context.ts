import type { Failure, LogLine, UsageDelta } from '@monofil/protocol'
import type { Notification, NotificationTarget } from '../notifications/index.ts'
import type { TextWriter } from './text-writer.ts'

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
   * Counts what this attempt has used since it last said so, such as tokens of a model: for the item, the run, its budget
   * and the day, live, also if the attempt fails, since it is spent. A process that is killed loses what it said in its
   * last 100 ms at most.
   * @throws `invalid_request` with `field` for what is no amount.
   */
  usage(used: UsageReport): void
  /**
   * A text that is read while it is written (`name`: `text` when left out); the same writer for the same name. The next
   * attempt begins it anew. @throws `invalid_request` for a name that is no label.
   */
  text(name?: string): TextWriter
  /**
   * Sets a KPI now, whatever becomes of the attempt; the newest value wins. Never waits.
   * @throws `invalid_request` or `too_large` for what is no KPI.
   */
  kpi(name: string, value: number | string, more?: { readonly unit?: string; readonly data?: unknown }): void
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

/** What an attempt used; at least one of `tokens` and `cost`. */
export interface UsageReport extends Omit<UsageDelta, 'cost'> {
  /** A decimal string of at most 6 places, or a number, which is rounded to them. */
  readonly cost?: string | number
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
