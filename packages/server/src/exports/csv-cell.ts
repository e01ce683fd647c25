/**
 * Spreadsheets take a cell that begins so for a formula (OWASP, CSV injection), full-width forms and cells that begin
 * with a tab, a line break or NUL too.
 */
const FORMULA = '=+\\-@\\uff1d\\uff0b\\uff0d\\uff20'
const AT_START = new RegExp(`^(?='*[${FORMULA}\\t\\r\\n\\0])`)
/** A program that splits at another separator or inside a quoted line break makes cells of their own of what follows. */
const INSIDE = new RegExp(`([;\\t\\r\\n])(?='*[${FORMULA}])`, 'g')

/**
 * Text as a cell that no spreadsheet runs: a `'` goes before what would make it a formula. It can be undone exactly,
 * since a `'` that stands there already gets another one; docs/EXPORTS.md has the reader's two lines.
 */
export function safeCell(text: string): string {
  return text.replace(INSIDE, "$1'").replace(AT_START, "'")
}

/** A value as a cell: text as it is, what is not there empty, all else as JSON, of which numbers are never formulas. */
export function cellOf(value: unknown): string | number | null {
  if (value === null || value === undefined) return null
  if (typeof value === 'number') return value
  return safeCell(typeof value === 'string' ? value : JSON.stringify(value))
}
