import { type Item, isTerminal, type Run } from '@monofil/protocol'
import type { ExportFilter } from './item-pages.ts'
import { PDF_WORDS, type PdfLanguage } from './pdf-words.ts'

/** What a PDF is about, beside its items. */
export interface PdfSubject {
  readonly run: Run
  readonly filter: ExportFilter
  readonly language: PdfLanguage
  /** When it was made, ISO 8601. */
  readonly at: string
}

/** The facts of a run, those that it has, in their order. */
export function factsOf({ run, filter, language, at }: PdfSubject): readonly (readonly [name: string, text: string])[] {
  const words = PDF_WORDS[language]
  const number = (value: number) => value.toLocaleString(language)
  const counts = Object.entries(run.counts)
    .filter(([name, count]) => name !== 'total' && count > 0)
    .map(([name, count]) => `${words.status[name as Item['status']]} ${number(count)}`)
  const { tokens, cost, currency } = run.usage
  const usage = [
    tokens === undefined ? '' : words.tokens(number(tokens)),
    cost === undefined ? '' : `${cost} ${currency ?? ''}`,
  ]
  const sought = [
    ...(filter.status ?? []).map((status) => words.status[status]),
    filter.step,
    filter.q && `« ${filter.q} »`,
  ]
  const facts: readonly (readonly [keyof typeof words.facts, string | null | undefined])[] = [
    ['run', run.id],
    [
      'status',
      isTerminal(run.status)
        ? words.status[run.status]
        : `${words.status[run.status]}. ${words.live(number(run.offset))}`,
    ],
    ['round', run.round > 1 ? number(run.round) : ''],
    ['items', [number(run.counts.total), ...counts].join(' · ')],
    ['created', timeOf(run.createdAt)],
    ['started', timeOf(run.startedAt)],
    ['finished', timeOf(run.finishedAt)],
    ['owner', run.owner],
    ['key', run.key],
    ['tags', run.tags.join(', ')],
    ['usage', usage.filter((part) => part !== '').join(' · ')],
    ['error', run.error === null ? '' : `${run.error.code}: ${run.error.message}`],
    ['filter', sought.filter((part) => part !== undefined && part !== '').join(', ')],
    ['exported', timeOf(at)],
  ]
  return facts.flatMap(([name, text]) => (text ? [[words.facts[name], text] as const] : []))
}

/** The cells of an item, in the order of the columns; the step is left out where all have the same. */
export function cellsOf(item: Item, language: PdfLanguage, showStep: boolean): readonly string[] {
  const words = PDF_WORDS[language]
  const { error } = item
  return [
    item.skipped ? words.skipped : words.status[item.status],
    item.id,
    ...(showStep ? [item.step] : []),
    item.attempts > 0 ? String(item.attempts) : '',
    tookOf(item, language),
    textOf(item.input),
    error === null ? textOf(item.result) : `${error.code}: ${error.message}`,
  ]
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** As the hub counts: in UTC, which it says. */
function timeOf(at: string | null): string {
  return at === null ? '' : `${at.slice(0, 10)} ${at.slice(11, 19)} UTC`
}

function tookOf({ startedAt, finishedAt }: Item, language: PdfLanguage): string {
  if (startedAt === null || finishedAt === null) return ''
  const ms = Math.max(0, Date.parse(finishedAt) - Date.parse(startedAt))
  const figure = (value: number, digits: number) => value.toLocaleString(language, { maximumFractionDigits: digits })
  if (ms < 1_000) return `${figure(ms, 0)} ms`
  if (ms < 60_000) return `${figure(ms / 1_000, 1)} s`
  return ms < 3_600_000 ? `${figure(ms / 60_000, 1)} min` : `${figure(ms / 3_600_000, 1)} h`
}
