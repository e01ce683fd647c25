/** English of saving a run as a file. */
export const exportsEn = {
  open: 'Export',
  all: 'All items',
  /** Before what the table is filtered by. */
  only: (filter: string) => `Only items with ${filter}`,
  csv: 'CSV, for spreadsheets',
  json: 'JSON',
  pdf: 'PDF, to read and to print',
  report: 'For a report',
  bundle: 'Run bundle, with log and inputs',
  problems: {
    too_large: 'That is too many items for a PDF. Filter them first, or take CSV.',
    busy: 'The hub is making other PDFs. Try again in a moment.',
    gone: 'This run is no longer there for you.',
    unreachable: 'The hub does not answer. Try again in a moment.',
  },
}
