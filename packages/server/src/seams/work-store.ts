import type { LogLine, UsageDelta } from '@monofil/protocol'
import type { LeasedKpi } from './kpi-store.ts'
import type { NewNotice } from './notification-store.ts'

/** An item handed to a worker. Its result counts only under this fence. */
export interface Lease {
  readonly fence: number
  readonly runId: string
  readonly workflow: string
  readonly step: string
  readonly itemId: string
  readonly index: number
  /** 1 for the first attempt. */
  readonly attempt: number
  readonly inputJson: string
  readonly runInputJson: string
  readonly timeoutMs: number
  /**
   * Whether the step's `when` is to be asked: `first`, before the item is done; `only`, and told (`skipped` or
   * `wanted`), since the item has no place under the step's limits yet; null, not.
   */
  readonly ask: 'first' | 'only' | null
  /** Not to be started sooner than so long after the claim, because of a rate. */
  readonly startInMs: number
}

export type Outcome =
  | {
      readonly fence: number
      readonly kind: 'completed'
      readonly resultJson: string
      /** The elements of the item's list came by `feed`, so many in all; left out: the result is the list. */
      readonly fed?: number | undefined
      /** Notices that go out with it, in the name of the run's owner. */
      readonly notices?: readonly NewNotice[] | undefined
    }
  | {
      readonly fence: number
      readonly kind: 'failed'
      readonly error: { readonly code: string; readonly message: string }
      /** False: no further attempt, whatever the plan allows. */
      readonly retryable: boolean
    }
  /**
   * Somebody told the handler to come back later: the item goes back uncounted, and nothing under the step's limits (or
   * under the one named) is given out for so long. Of a step without that limit only this item waits.
   */
  | {
      readonly fence: number
      readonly kind: 'limited'
      readonly retryAfterMs: number
      readonly limit?: string | undefined
    }
  /** The step's `when` said no: completed without a result, and nothing is made of it. */
  | { readonly fence: number; readonly kind: 'skipped' }
  /** The step's `when` said yes to a lease that was only to ask it. */
  | { readonly fence: number; readonly kind: 'wanted' }
  /** Handed back untouched, as by a worker that stops: the attempt is not counted. */
  | { readonly fence: number; readonly kind: 'released' }

export interface NewLogLine {
  readonly fence: number
  readonly level: LogLine['level']
  readonly message: string
  readonly dataJson?: string | undefined
}

/** What an attempt used since it last said so. */
export interface NewUsage {
  readonly fence: number
  /** Grows with every report of the attempt, from 1: one that comes again is known by it. */
  readonly seq: number
  readonly runId: string
  readonly step: string
  readonly itemId: string
  readonly usage: UsageDelta
}

/** The next piece of a leased item's text: the first `position` characters stay, `text` follows (`TextEvent`). */
export interface NewText {
  readonly fence: number
  readonly name: string
  readonly position: number
  readonly text: string
  readonly done?: boolean | undefined
}

export interface WorkStore {
  /**
   * Up to `max` items of these workflows that may run now, or within 100 ms where a rate spaces them, leased for
   * `leaseMs`. Oldest run first, then step and index; what a limit holds back does not hold back others.
   */
  claim(request: {
    readonly worker: string
    readonly workflows: readonly string[]
    readonly max: number
    readonly leaseMs: number
  }): Promise<readonly Lease[]>
  /** Extends these leases; answers the fences that are lost. */
  renew(worker: string, fences: readonly number[], leaseMs: number): Promise<readonly number[]>
  /** Records outcomes in one commit; answers for each whether it was accepted (false: the lease was lost). */
  settle(outcomes: readonly Outcome[]): Promise<readonly boolean[]>
  /**
   * Makes these elements of the leased item's list, from index `from` (the first is 1) on, items of the steps that run
   * over it, before the list is whole. One commit. An index that is known stays as it is: a page may be sent twice, and
   * another attempt begins at 1 again. False: the lease was lost, nothing is kept.
   */
  feed(elements: {
    readonly fence: number
    readonly from: number
    readonly elementsJson: readonly string[]
  }): Promise<boolean>
  /** Log lines of leased items, kept and live. Lines of lost leases are dropped. */
  logLines(lines: readonly NewLogLine[]): Promise<void>
  /**
   * Counts what attempts used, for item, step, run and day, in one commit. Once for each fence and `seq`, also after
   * the lease was lost: it is spent. A cost in another currency than the run's counts for the day alone, and the run's
   * log says so. Of a run that is gone nothing is kept.
   */
  usage(entries: readonly NewUsage[]): Promise<void>
  /**
   * Keeps pieces of leased items' texts and puts them into their runs' logs, in order, in one commit; of a text over
   * `maxChars` what is beyond is not kept, and its end says so (`cut`). False: the lease was lost, or the piece begins
   * after the end of what was said in this attempt; nothing of it is kept.
   */
  texts(pieces: readonly NewText[], maxChars: number): Promise<readonly boolean[]>
  /**
   * Sets KPIs for the handlers of leased items, as `kpis.set` does, in one commit; those of lost leases are dropped.
   * Answers the names for which there is no room.
   */
  kpis(kpis: readonly LeasedKpi[]): Promise<readonly string[]>
  /** Results of a step's completed items by index, for `ctx.results(step)`. */
  results(query: {
    readonly runId: string
    readonly step: string
    readonly after: number
    readonly limit: number
  }): Promise<readonly { readonly index: number; readonly itemId: string; readonly resultJson: string }[]>
  /** Takes back at once all that this worker holds: its process is known to be gone. */
  release(worker: string): Promise<number>
  /**
   * Takes back expired leases, offers items whose backoff is over, marks stalled external runs, starts the runs of
   * schedules that are due.
   * Answers when it should be called again at the latest, in ms from now.
   */
  sweep(): Promise<number>
}
