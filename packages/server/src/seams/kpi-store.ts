import type { Kpi } from '@monofil/protocol'
import type { Viewer } from './auth.ts'

/** A KPI to be set, whole: what is left out is null. */
export interface NewKpi {
  /** An id. */
  readonly name: string
  /** A finite number, or text of at most 1,024 characters. */
  readonly value: number | string
  /** A label, such as `EUR` or `%`. */
  readonly unit?: string | null | undefined
  /** JSON of at most 16 KiB. */
  readonly dataJson?: string | null | undefined
}

/** A KPI that the handler of a leased item sets. */
export interface LeasedKpi extends NewKpi {
  readonly fence: number
}

/** Named values, each as it was set last; whoever sets one later wins. */
export interface KpiStore {
  /**
   * Sets it and announces it with the commit. The same value, unit and data again change nothing: no commit, the same
   * version. @throws `invalid_request` with `field` for what is no KPI, `too_large` for its data, `store_full` for one
   * more than `max` (10,000 when left out).
   */
  set(kpi: NewKpi, options?: { readonly max?: number | undefined }): Promise<Kpi>
  get(name: string): Promise<Kpi | undefined>
  /** By name, those that the viewer may read. @throws `invalid_request` for a cursor that is not one. */
  list(query: {
    readonly viewer: Viewer
    /** Patterns `kpi:…` beside the viewer's own rights. */
    readonly patterns: readonly string[]
    readonly limit: number
    readonly cursor?: string | undefined
  }): Promise<{ readonly items: readonly Kpi[]; readonly nextCursor: string | null }>
  /** @throws `not_found`. */
  remove(name: string): Promise<void>
  /** Those of these names that exist, and `version()` at the same moment. */
  read(names: readonly string[]): Promise<{ readonly version: number; readonly items: readonly Kpi[] }>
  /** The version of the newest change of any KPI, deletions too: who missed a message sees it here. */
  version(): Promise<number>
}
