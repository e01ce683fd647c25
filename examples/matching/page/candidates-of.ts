import type { ItemList } from '@monofil/client'
import type { Failure, Item, RunState } from '@monofil/protocol'
import type { Verdict } from '../src/judge.ts'
import type { Filtered, Ranked, ScoredCv } from '../src/outcome.ts'
import type { Text } from './text-en.ts'

/** Where a candidate stands. */
export type State = keyof Text['list']['state']

/** One CV of a run, as far as it is known. */
export interface Candidate {
  readonly file: string
  readonly title: string | null
  readonly state: State
  readonly verdicts: readonly Verdict[]
  readonly score: number | null
  readonly fit: number | null
  readonly reasons: string | null
  readonly error: Failure | null
  /** Whose text a model is writing of it now; null where none is. */
  readonly writing: { readonly runId: string; readonly item: string } | null
}

/** The CVs of a run by where they stand. */
export interface Candidates {
  /** Best first: ranked, then scored. */
  readonly passed: readonly Candidate[]
  readonly out: readonly Candidate[]
  readonly unread: readonly Candidate[]
  /** Not decided yet, in the order of the list. */
  readonly open: readonly Candidate[]
  readonly total: number
}

/** What the items of a run say of its CVs, while it runs and after. */
export function candidatesOf({ list }: ItemList): Candidates {
  const step = (name: string) => list.filter((item) => item.step === name)
  const [filters, scores] = [byIndex(step('filter')), byIndex(step('score'))]
  const ranks = new Map(step('rerank').map((item) => [fileIn(item.input), item]))
  const all = step('extract').map((read) => {
    const filter = filters.get(read.index)
    return candidateOf({ read, filter, score: scores.get(read.index), rank: ranks.get(fileIn(read.input)) })
  })
  const of = (...states: State[]) => all.filter(({ state }) => states.includes(state))
  const passed = of('passed', 'close', 'ranked').toSorted(
    (a, b) => (b.fit ?? -1) - (a.fit ?? -1) || (b.score ?? 0) - (a.score ?? 0) || (a.file < b.file ? -1 : 1),
  )
  const [out, unread] = [of('out'), of('unread', 'cancelled')]
  return {
    passed,
    out,
    unread,
    open: all.filter((one) => ![...passed, ...out, ...unread].includes(one)),
    total: all.length,
  }
}

interface Chain {
  readonly read: Item
  readonly filter: Item | undefined
  readonly score: Item | undefined
  readonly rank: Item | undefined
}

function candidateOf({ read, filter, score, rank }: Chain): Candidate {
  const filtered = resultOf<Filtered>(filter)
  const scored = resultOf<ScoredCv>(score)
  const ranked = resultOf<Ranked>(rank)
  const failed = [rank, score, filter, read].find((item) => item?.status === 'failed')
  return {
    file: fileIn(read.input) ?? read.id,
    title: filtered?.title ?? resultOf<{ readonly title: string }>(read)?.title ?? null,
    state: stateOf({ read, filter, score, rank }),
    verdicts: filtered?.verdicts ?? [],
    score: scored?.score ?? null,
    fit: ranked?.fit ?? null,
    reasons: ranked?.reasons ?? null,
    error: failed?.error ?? null,
    writing: rank?.status === 'running' ? { runId: rank.runId, item: rank.id } : null,
  }
}

function stateOf({ read, filter, rank }: Chain): State {
  const filtered = resultOf<Filtered>(filter)
  if (filtered !== null) {
    if (!filtered.passed) return 'out'
    if (rank === undefined || rank.status === 'failed' || rank.status === 'cancelled') return 'passed'
    return rank.status === 'completed' ? 'ranked' : 'close'
  }
  const item = filter ?? read
  if (item.status === 'failed') return 'unread'
  if (item.status === 'cancelled') return 'cancelled'
  if (item.status === 'retrying') return 'again'
  if (item.status === 'running') return item === filter ? 'filtering' : 'reading'
  return 'waiting'
}

/** How many passed, from the run's counters alone; null before the filter has judged all. */
export function passedIn({ steps, status }: RunState): number | null {
  const score = steps.find(({ name }) => name === 'score')
  const filter = steps.find(({ name }) => name === 'filter')
  if (score === undefined || filter === undefined || filter.counts.completed === 0) return null
  const isOver = score.finishedAt !== null || !['queued', 'running', 'paused'].includes(status)
  const passed = score.counts.total - score.skipped
  return isOver ? passed - score.counts.cancelled : null
}

function byIndex(items: readonly Item[]): ReadonlyMap<number, Item> {
  return new Map(items.map((item) => [item.index, item]))
}

/** The file of an item: its input is the name, or has it. */
function fileIn(input: unknown): string | null {
  if (typeof input === 'string') return input
  const file: unknown = typeof input === 'object' && input !== null ? Reflect.get(input, 'file') : undefined
  return typeof file === 'string' ? file : null
}

function resultOf<T extends object>(item: Item | undefined): T | null {
  const result = item?.status === 'completed' ? item.result : null
  return typeof result === 'object' && result !== null ? (result as T) : null
}
