import type { StoredEnvelope } from './envelope.ts'
import type { FailureGroup } from './failures.ts'
import type { Item, LogLine, Run } from './runs.ts'

/** The first field of every run bundle. */
export const BUNDLE_FORMAT = 'monofil-run-bundle'
/** Grows when an older reader would misread the file; a list that is new is no reason, readers ignore those they do not know. */
export const BUNDLE_VERSION = 1

/** What a bundle does not have of its run, for a machine and in words. */
export interface BundleNote {
  /**
   * `live`: the run went on while it was read, `items` may be newer than `run` (`log` has what lies between);
   * `log_cut`, `lines_cut`: the oldest events or log lines were gone, `count` of them; `failures_cut`: groups that name
   * only the first of their items.
   */
  readonly code: 'live' | 'log_cut' | 'lines_cut' | 'failures_cut'
  readonly message: string
  readonly count?: number
}

/** What the first line of a bundle says: `run` as it was at its `offset`, before anything else was read. */
export interface BundleHead {
  readonly format: typeof BUNDLE_FORMAT
  readonly version: number
  /** When it was made, ISO 8601. */
  readonly at: string
  /** The hub that made it. */
  readonly hub: { readonly version: string }
  readonly run: Run
}

/** Everything of a run in one file: `GET /v1/runs/{id}/bundle`. */
export interface RunBundle extends BundleHead {
  /** In order of step and index, each as it was when it was read; none is newer than the end of `log`. */
  readonly items: readonly Item[]
  /** The whole log of `run:{id}`, ascending, up to the offset that was its head once all items had been read. */
  readonly log: readonly StoredEnvelope[]
  /** Lines written by handlers and reporters, the oldest first. */
  readonly logs: readonly LogLine[]
  readonly failures: readonly FailureGroup[]
  readonly notes: readonly BundleNote[]
}

/** The lists of a bundle, in the order they are written. */
export const BUNDLE_LISTS = ['items', 'log', 'logs', 'failures', 'notes'] as const
export type BundleList = (typeof BUNDLE_LISTS)[number]

/** The last line of a bundle: how long each list is. Without it the file was cut. */
export type BundleEnd = Readonly<Record<BundleList, number>>
