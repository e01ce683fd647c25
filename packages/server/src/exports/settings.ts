/** What bounds the exports of a run. */
export interface ExportSettings {
  /** Columns of a CSV for the fields of inputs, and as many for those of results; further fields share one column. */
  readonly csvColumns: number
}

/** The defaults. */
export const EXPORT_SETTINGS: ExportSettings = { csvColumns: 200 }
