import { isTerminal, type RunStatus, type Step } from '@monofil/protocol'
import type { Format } from '../format.ts'
import type { GraphLabels } from './graph-labels.ts'
import { doneOf, type Link, leftOf, openBefore, shownStatus } from './shape.ts'

/** A step in words: what its box, its row in the list and a screen reader say. */
export interface StepWords {
  readonly name: string
  readonly status: RunStatus
  readonly state: string
  /** `132 of 500`; empty while no item is known. */
  readonly amount: string
  /** What stands in its way, or how many failed; empty: neither. */
  readonly note: string
  /** Whether the note tells of failures. */
  readonly isAlarm: boolean
}

/** How steps are told: the words and the numbers of a locale. */
export interface Telling {
  readonly labels: GraphLabels
  readonly format: Format
  readonly names: Intl.ListFormat
}

export function wordsOf(step: Step, steps: readonly Step[], { labels, format, names }: Telling): StepWords {
  const { counts, waiting } = step
  const status = shownStatus(step)
  const isAlarm = counts.failed > 0
  const hindrance = waiting === null || waiting.reason === 'paused' ? '' : waitWords(step, steps, { labels, names })
  return {
    name: step.name,
    status,
    state: labels.statuses[status],
    amount: counts.total === 0 ? '' : labels.of(format.count(doneOf(step)), format.count(counts.total)),
    note: isAlarm ? labels.failed(format.count(counts.failed)) : hindrance,
    isAlarm,
  }
}

function waitWords(step: Step, steps: readonly Step[], { labels, names }: Pick<Telling, 'labels' | 'names'>): string {
  const { waiting } = step
  if (waiting === null) return ''
  if (waiting.reason === 'limit' && waiting.limit !== null) return labels.waitsForLimit(waiting.limit)
  if (waiting.reason !== 'dependency') return labels.waits[waiting.reason]
  const open = openBefore(step, steps)
  if (open.length > 0) return labels.waitsFor(names.format(open))
  return step.each === null ? labels.waits.dependency : labels.waitsFor(step.each)
}

/** What an arrow carries: each item, or how much of the other step is waited for. Empty where nothing is. */
export function linkWords({ kind }: Link, from: Step, { labels, format }: Telling): string {
  if (kind === 'item') return labels.eachItem
  // Of a single item its state says enough.
  if (isTerminal(from.status) || from.counts.total < 2) return ''
  return labels.left(format.count(leftOf(from)))
}

/** `done`: nothing is waited for any more. `flowing`: what is waited for is at work. */
export function linkState(from: Step, to: Step): 'waiting' | 'flowing' | 'done' {
  if (isTerminal(from.status) || isTerminal(to.status)) return 'done'
  return from.counts.running + from.counts.retrying > 0 ? 'flowing' : 'waiting'
}
