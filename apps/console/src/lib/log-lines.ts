import type { LogsPage } from '@monofil/client'
import { LOG_LEVELS, type LogLevel, type LogLine } from '@monofil/protocol'

/** Which lines are shown; empty fields are no filter. */
export interface LogFilter {
  readonly level: LogLevel | ''
  readonly step: string
  readonly item: string
  readonly q: string
}

export const EVERY_LINE: LogFilter = { level: '', step: '', item: '', q: '' }

/** The filter in the URL. */
export function readLogFilter(params: URLSearchParams): LogFilter {
  const level = LOG_LEVELS.find((known) => known === params.get('level')) ?? ''
  const text = (name: string): string => params.get(name) ?? ''
  return { level, step: text('logStep'), item: text('logItem'), q: text('logQ') }
}

/** Whether the hub would show this line under the filter: what comes live is not asked for. */
export function fitsFilter(line: LogLine, { level, step, item, q }: LogFilter): boolean {
  if (level !== '' && LOG_LEVELS.indexOf(line.level) < LOG_LEVELS.indexOf(level)) return false
  if ((step !== '' && line.step !== step) || (item !== '' && line.item !== item)) return false
  return q === '' || line.message.toLowerCase().includes(q.toLowerCase())
}

/** What is known of a run's log: a stretch without holes that ends at its newest line. */
export interface LogLines {
  /** Oldest first. */
  readonly lines: readonly LogLine[]
  /** The number of the first one; falls as older ones are put before it, so that each line keeps its number. */
  readonly first: number
  /** Where older lines are read on; null at the beginning of the log. */
  readonly older: string | null
  /** Where lines are read that the stream may not have brought. */
  readonly newest: string
  /** Up to which offset of the run's topic this stretch is whole. */
  readonly upTo: number
  readonly cut: number
}

/** The stretch as its newest page begins it. */
export function beginLines(page: LogsPage): LogLines {
  const lines = [...page.items].reverse()
  return { lines, first: 0, older: page.nextCursor, newest: page.newest, upTo: lastOffset(lines, 0), cut: page.cut }
}

/** With a page of older lines before it. */
export function withOlder(known: LogLines, page: LogsPage): LogLines {
  const lines = [...[...page.items].reverse(), ...known.lines]
  return { ...known, lines, first: known.first - page.items.length, older: page.nextCursor, cut: page.cut }
}

/** With what the stream brought; lines that a page had already are known by their offset. */
export function withLive(known: LogLines, live: readonly LogLine[], filter: LogFilter): LogLines {
  const upTo = lastOffset(live, known.upTo)
  if (upTo === known.upTo) return known
  const fresh = live.filter((line) => (line.offset ?? 0) > known.upTo && fitsFilter(line, filter))
  return { ...known, upTo, lines: fresh.length === 0 ? known.lines : [...known.lines, ...fresh] }
}

/** With what was written after `newest`, read where the stream may have left something out. */
export function withMissed(known: LogLines, page: LogsPage): LogLines {
  const fresh = page.items.filter(({ offset }) => offset === null || (offset ?? 0) > known.upTo)
  const newest = page.nextCursor ?? page.newest
  return { ...known, newest, lines: [...known.lines, ...fresh], upTo: lastOffset(page.items, known.upTo) }
}

/**
 * Whether the live lines, of which a view keeps only the newest `kept`, begin after what is known: then some may be
 * missing between the two.
 */
export function isHole(known: LogLines, live: readonly LogLine[], kept: number): boolean {
  return live.length >= kept && (live[0]?.offset ?? 0) > known.upTo
}

function lastOffset(lines: readonly LogLine[], least: number): number {
  return lines.reduce((most, { offset }) => Math.max(most, offset ?? 0), least)
}
