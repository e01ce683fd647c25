import type { RunState } from '@monofil/protocol'
import { isTerminal } from '@monofil/protocol'
import { formatCount, formatEta, formatPercent, formatRate } from './format.ts'
import { type Painter, STATUS_LOOKS } from './paint.ts'

/** What of a run its line tells; any run will do. */
export type BarRun = Pick<
  RunState,
  | 'id'
  | 'workflow'
  | 'status'
  | 'progress'
  | 'progressKnown'
  | 'counts'
  | 'totalIsFinal'
  | 'eta'
  | 'waiting'
  | 'stalledSince'
>

/** What a line needs to know beside the run. */
export interface BarView {
  /** Width of the terminal; the line is never wider, since a wrapped line cannot be redrawn. */
  readonly columns: number
  readonly paint: Painter
  /** Items finished per second of late; null where it is not known yet. */
  readonly perSecond: number | null
  /** How long nothing was heard from the hub; null while connected. */
  readonly behindMs: number | null
}

interface Part {
  readonly text: string
  /** The lower, the longer it stays when there is little room. */
  readonly rank: number
  readonly style: (text: string) => string
}

const BAR = { min: 8, max: 32, share: 4.5 } as const
const NAME_MAX = 20
const PERCENT_WIDTH = '99.9 %'.length
/** Below this many columns the name goes: there is one run to a line, and who looks knows which. */
const NAME_FROM = 60
const RANK = { done: 1, trouble: 2, note: 3, rate: 4, active: 5 } as const

/**
 * One run as one line of at most `columns` characters (30 at least): state, name, bar, percent, `132 of 500`, rate,
 * time left, what went wrong. What does not fit goes, by rank. Name and bar depend on the width alone, so that the
 * bar never seems to go back because a number beside it grew. Pure, so that it can be looked at.
 */
export function renderBar(run: BarRun, view: BarView): string {
  const { paint, columns } = view
  const head = `${STATUS_LOOKS[run.status].icon} `
  const name = columns >= NAME_FROM ? `${clip(run.workflow)}  ` : ''
  const width = Math.max(BAR.min, Math.min(BAR.max, Math.floor(columns / BAR.share)))
  const percent = formatPercent(run.progress).padStart(PERCENT_WIDTH)
  const room = columns - head.length - name.length - width - 1 - percent.length
  const rest = chooseParts(run, view, room).map((part) => `  ${part.style(part.text)}`)
  const track = renderTrack(run, width, paint)
  return `${paint.status(run.status)(head)}${name}${track} ${paint.strong(percent)}${rest.join('')}`
}

function chooseParts(run: BarRun, view: BarView, room: number): readonly Part[] {
  const all = listParts(run, view)
  const chosen = new Set<Part>()
  let left = room
  for (const part of [...all].sort((a, b) => a.rank - b.rank)) {
    if (part.text.length + 2 > left) continue
    left -= part.text.length + 2
    chosen.add(part)
  }
  return all.filter((part) => chosen.has(part))
}

function listParts(run: BarRun, view: BarView): readonly Part[] {
  const { paint } = view
  const { counts } = run
  const over = isTerminal(run.status)
  const done = describeDone(run).padStart(formatCount(counts.total).length * 2 + ' of '.length)
  const parts: Part[] = [{ text: done, rank: RANK.done, style: paint.plain }]
  if (!over && view.perSecond !== null && view.perSecond > 0) {
    parts.push({ text: formatRate(view.perSecond), rank: RANK.rate, style: paint.faint })
  }
  const note = describeNote(run, view)
  parts.push({ text: note, rank: RANK.note, style: over ? paint.status(run.status) : paint.faint })
  if (counts.failed > 0) {
    parts.push({ text: `${formatCount(counts.failed)} failed`, rank: RANK.trouble, style: paint.status('failed') })
  }
  if (!over && counts.retrying > 0) {
    parts.push({ text: `${formatCount(counts.retrying)} retrying`, rank: RANK.active, style: paint.warn })
  }
  return parts
}

function clip(name: string): string {
  return name.length <= NAME_MAX ? name : `${name.slice(0, NAME_MAX - 1)}…`
}

/** `132 of 500`; a `+` where more may come. */
export function describeDone(run: Pick<BarRun, 'counts' | 'totalIsFinal'>): string {
  const { counts } = run
  const done = counts.completed + counts.failed + counts.cancelled
  return `${formatCount(done)} of ${formatCount(counts.total)}${run.totalIsFinal ? '' : '+'}`
}

function describeNote(run: BarRun, view: Pick<BarView, 'behindMs'>): string {
  if (isTerminal(run.status)) return run.status
  // The first three seconds of a lost connection are not worth a word: most are over by then.
  if (view.behindMs !== null && view.behindMs >= 3000) {
    return `reconnecting, ${Math.floor(view.behindMs / 1000)} s behind`
  }
  if (run.status !== 'running') return heldNote(run) ?? run.status
  if (run.stalledSince !== null) return 'stalled'
  if (run.waiting !== null) return `waiting: ${run.waiting.reason}`
  return formatEta(run.eta)
}

/** What a paused run waits for that nobody paused: somebody has to do something else than wait. */
function heldNote({ waiting }: BarRun): string | undefined {
  if (waiting?.reason === 'sample') return 'sample done: monofil resume goes on'
  return waiting?.reason === 'budget' ? `budget of ${waiting.limit} reached` : undefined
}

function renderTrack(run: BarRun, width: number, paint: Painter): string {
  const full = Math.min(width, Math.floor((run.progress / 100) * width))
  const filled = run.progress > 0 && full === 0 ? 1 : full
  return paint.status(run.status)('━'.repeat(filled)) + paint.faint('╌'.repeat(width - filled))
}

/** The same in words, for logs and pipes: no bar, no colour, nothing that redraws. */
export function renderPlain(run: BarRun, view: Pick<BarView, 'perSecond' | 'behindMs'>): string {
  const parts = [`${formatPercent(run.progress)}`, describeDone(run)]
  if (!isTerminal(run.status)) {
    if (view.perSecond !== null && view.perSecond > 0) parts.push(formatRate(view.perSecond))
    if (run.status === 'running') parts.push(describeNote(run, view))
    else parts.push(heldNote(run) ?? '')
  }
  if (run.counts.failed > 0) parts.push(`${formatCount(run.counts.failed)} failed`)
  if (run.counts.retrying > 0) parts.push(`${formatCount(run.counts.retrying)} retrying`)
  return `${run.workflow} ${run.id}: ${run.status}, ${parts.filter((part) => part !== '').join(', ')}`
}
