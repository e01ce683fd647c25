import {
  type Counts,
  ITEM_STATUSES,
  type Item,
  isTerminal,
  type Run,
  type RunStatus,
  type Step,
} from '@monofil/protocol'
import type { Frame } from './item-reel.ts'
import { lastUpTo, type RunTape, type Word } from './run-tape.ts'
import { doneOf } from './shares.ts'

/** A run at one moment of its tape. */
export interface Past {
  /** The number of the last event that had happened; -1 before the first. */
  readonly event: number
  readonly offset: number
  /** ms since 1970. */
  readonly at: number
  readonly run: Run
  readonly frame: Frame
}

/**
 * The run after an event, folded from what the log says: states of the run and its steps from their events, counts and
 * progress from the items', since those are not in the log. `near` is a moment not long before, if there is one.
 */
export function pastOf(tape: RunTape, run: Run, event: number, near?: Frame): Past {
  const frame = tape.reel.at(tape.versionsAt(event), near)
  const at = event < 0 ? tape.from : (tape.times[event] ?? tape.from)
  const words = tape.words.slice(
    0,
    lastUpTo(
      tape.words.map((word) => word.event),
      event,
    ) + 1,
  )
  const steps = stepsOf(tape, run, frame, words)
  const { status, round, startedAt, end } = courseOf(tape, words)
  const counts = sumOf(steps)
  const offset = event < 0 ? tape.cut : (tape.offsets[event] ?? 0)
  const past: Run = {
    ...run,
    ...(end ?? {}),
    status,
    round,
    steps,
    counts,
    totalIsFinal: isTerminal(status) || (run.external && run.totalIsFinal),
    progress: end === null ? progressOf(steps) : end.progress,
    progressKnown: end !== null || steps.every(({ counts: { total } }) => total > 0),
    startedAt: end === null ? startedAt : end.startedAt,
    finishedAt: end === null ? null : end.finishedAt,
    result: end === null ? null : end.result,
    error: end === null ? null : end.error,
    usage: end === null ? {} : end.usage,
    waiting: null,
    eta: null,
    stalledSince: null,
    lastSeenAt: null,
    controls: [],
    offset,
  }
  return { event, offset, at, run: past, frame }
}

/** Where the run itself was: its status and round, when that round began, and its end where it had come. */
function courseOf(tape: RunTape, words: readonly Word[]) {
  let status: RunStatus = 'queued'
  let round = 1
  let startedAt: string | null = null
  let end: Extract<Word, { kind: 'end' }>['run'] | null = null
  for (const word of words) {
    if (word.kind === 'end') {
      end = word.run
      status = end.status
      round = end.round
    } else if (word.kind === 'status') {
      if (word.round > round) startedAt = null
      end = null
      status = word.status
      round = word.round
      if (status === 'running') startedAt ??= new Date(tape.times[word.event] ?? tape.from).toISOString()
    }
  }
  return { status, round, startedAt, end }
}

function stepsOf(tape: RunTape, run: Run, frame: Frame, words: readonly Word[]): readonly Step[] {
  const said = new Map<string, Step>()
  for (const word of words) if (word.kind === 'step') said.set(word.step.name, word.step)
  return tape.reel.steps.map((name, index) => {
    const last = run.steps.find((step) => step.name === name) ?? said.get(name)
    const known = said.get(name)
    // A reporter announces totals, mostly at once, and the log does not say when; items of ours are there when known.
    const announced = run.external ? (last?.counts.total ?? 0) : 0
    const counts = countsOf(frame.tallies[index], Math.max(known?.counts.total ?? 0, announced))
    if (known !== undefined) return { ...known, counts, waiting: null }
    const unborn = { status: 'queued' as const, startedAt: null, finishedAt: null, waiting: null, skipped: 0 }
    return {
      name,
      weight: last?.weight ?? 1,
      signal: last?.signal ?? null,
      after: last?.after ?? [],
      each: last?.each ?? null,
      ...unborn,
      counts,
    }
  })
}

/** What was announced and not mentioned is in a step's own total only. */
function countsOf(tally: Int32Array | undefined, total: number): Counts {
  const counts = Object.fromEntries(ITEM_STATUSES.map((status, index) => [status, tally?.[index] ?? 0]))
  const sum = Object.values(counts).reduce((all, count) => all + count, 0)
  return { ...(counts as Omit<Counts, 'total'>), total: Math.max(sum, total) }
}

function sumOf(steps: readonly Step[]): Counts {
  const names = [...ITEM_STATUSES, 'total'] as const
  const sum = (name: keyof Counts) => steps.reduce((all, { counts }) => all + counts[name], 0)
  return Object.fromEntries(names.map((name) => [name, sum(name)])) as unknown as Counts
}

/** As the hub counts it (docs/RUN_STATES.md): by weight, below 100 before the end. */
function progressOf(steps: readonly Step[]): number {
  const weight = steps.reduce((all, step) => all + step.weight, 0)
  const done = steps.reduce((all, { counts, weight: own }) => {
    return all + (counts.total === 0 ? 0 : (own * doneOf(counts)) / counts.total)
  }, 0)
  return weight === 0 ? 0 : Math.min(99.9, Math.floor((done / weight) * 1000) / 10)
}

/** What a table of items needs. */
export interface ItemLookup {
  readonly size: number
  readonly list: readonly Item[]
  get(id: string, step?: string): Item | undefined
}

/** The items of a moment. */
export function pastItems(tape: RunTape, frame: Frame): ItemLookup {
  const list = tape.reel.itemsIn(frame)
  return {
    list,
    size: list.length,
    get: (id, step) => (step === undefined ? list.find((item) => item.id === id) : tape.reel.itemIn(frame, step, id)),
  }
}
