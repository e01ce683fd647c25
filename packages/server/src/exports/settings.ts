/** What bounds the exports of a run. */
export interface ExportSettings {
  /** Columns of a CSV for the fields of inputs, and as many for those of results; further fields share one column. */
  readonly csvColumns: number
  /** Items of a PDF; more are refused. 10,000 take a thread some seconds and about 300 MB. */
  readonly pdfItems: number
  /** PDFs that are made at once; one more is refused until one of them is done. */
  readonly pdfsAtOnce: number
}

/** The defaults. */
export const EXPORT_SETTINGS: ExportSettings = { csvColumns: 200, pdfItems: 20_000, pdfsAtOnce: 2 }
