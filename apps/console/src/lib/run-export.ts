import type { ItemFilter } from './item-filter.ts'

/** What a run can be saved as. */
export type ExportFormat = 'csv' | 'json' | 'pdf' | 'bundle'

/** Why a file is not to be had, as the texts name it. */
export type ExportProblem = 'too_large' | 'busy' | 'gone' | 'unreachable'

/** The address of a run as a file, with the items that the table shows. */
export function exportUrl(id: string, format: ExportFormat, filter: ItemFilter, locale: string): string {
  const run = `/v1/runs/${encodeURIComponent(id)}`
  if (format === 'bundle') return `${run}/bundle`
  const query = new URLSearchParams({ format })
  if (filter.status !== null) query.set('status', filter.status)
  if (filter.step !== '') query.set('step', filter.step)
  if (filter.q.trim() !== '') query.set('q', filter.q.trim())
  if (format === 'pdf') query.set('lang', locale.startsWith('fr') ? 'fr' : 'en')
  return `${run}/export?${query}`
}

/** Lets the browser download a file. It is asked for first: a download that is refused would fail without a word. */
export async function download(url: string): Promise<ExportProblem | null> {
  const response = await fetch(url, { method: 'HEAD' }).catch(() => null)
  if (response === null) return 'unreachable'
  if (!response.ok) return PROBLEMS[response.status] ?? 'unreachable'
  const link = document.createElement('a')
  link.href = url
  link.download = ''
  link.click()
  return null
}

const PROBLEMS: Readonly<Record<number, ExportProblem>> = { 404: 'gone', 413: 'too_large', 429: 'busy' }
