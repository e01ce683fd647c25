import { ITEM_STATUSES, type Item, type ItemStatus, type Run, type RunEnd, type Step } from '@monofil/protocol'
import { expect } from 'vitest'

/** One event of a run's log as a reader got it. */
export interface RunEvent {
  readonly offset: number
  readonly type: string
  readonly data: unknown
}

type Rows = Readonly<Record<ItemStatus | 'skipped', number>>
type StepWord = Pick<Step, 'status' | 'startedAt' | 'finishedAt'>

/** What the log alone says of a run at one offset. */
interface At {
  readonly status: Run['status']
  readonly round: number
  readonly steps: Readonly<Record<string, StepWord>>
  readonly rows: Readonly<Record<string, Rows>>
  readonly end: RunEnd | null
}

const NO_ROWS: Rows = {
  skipped: 0,
  ...(Object.fromEntries(ITEM_STATUSES.map((one) => [one, 0])) as Record<ItemStatus, number>),
}
const QUEUED: StepWord = { status: 'queued', startedAt: null, finishedAt: null }

/** A run's log folded event by event, with what it said at every offset: the stream's side of each comparison. */
export class Timeline {
  readonly #moments: At[] = [{ status: 'queued', round: 1, steps: {}, rows: {}, end: null }]
  readonly #texts: string[] = ['']
  /** Each item by its key, as each of its events had it. */
  readonly #items = new Map<string, Map<number, Item>>()
  readonly #newest = new Map<string, Item>()
  #ends = 0

  get head(): number {
    return this.#moments.length - 1
  }

  get items(): ReadonlyMap<string, Item> {
    return this.#newest
  }

  /** Takes the next event; one that is known must be the same, whoever read it. */
  take(event: RunEvent): void {
    const text = JSON.stringify([event.type, event.data])
    if (event.offset <= this.head) {
      expect(text).toBe(this.#texts[event.offset])
      return
    }
    expect(event.offset, 'offsets have no holes').toBe(this.head + 1)
    this.#texts.push(text)
    this.#moments.push(this.#next(this.#at(this.head), event))
  }

  typeOf(offset: number): string {
    return (JSON.parse(this.#texts[offset] ?? '[]') as [string])[0]
  }

  /** Holds a view of the run that names an offset against the log up to there. */
  compareRun(run: Omit<Run, 'input' | 'result'> & Partial<Pick<Run, 'result'>>): void {
    const at = this.#at(run.offset)
    const said = { status: run.status, round: run.round }
    expect(said, `run ${run.id} at ${run.offset}`).toEqual({ status: at.status, round: at.round })
    for (const step of run.steps) {
      const { status, startedAt, finishedAt } = step
      expect({ status, startedAt, finishedAt }).toEqual(at.steps[step.name] ?? QUEUED)
      compareCounts(run, step, at.rows[step.name] ?? NO_ROWS)
    }
    for (const status of [...ITEM_STATUSES, 'total'] as const) {
      expect(run.counts[status]).toBe(run.steps.reduce((sum, { counts }) => sum + counts[status], 0))
    }
    const isDone = run.status === 'completed' || run.status === 'partial'
    expect(run.progress === 100, 'progress 100 at the end only').toBe(isDone)
    const isOver = isDone || run.status === 'failed' || run.status === 'cancelled'
    expect(at.end !== null).toBe(isOver)
    if (at.end === null) return
    const { error, counts, progress, finishedAt } = at.end
    expect({ error: run.error, counts: run.counts, progress: run.progress, finishedAt: run.finishedAt }).toEqual({
      ...{ error, counts, progress, finishedAt },
    })
    if (run.result !== undefined) expect(run.result).toEqual(at.end.result)
  }

  /** Holds an item against the event that it says changed it last. Waits for a backoff end without an event. */
  compareItem(item: Item): void {
    const logged = this.#items.get(keyOf(item))?.get(item.offset)
    const isDue = logged?.waiting?.reason === 'backoff' && item.waiting === null
    expect(item).toEqual(isDue ? { ...logged, waiting: null } : logged)
    if (isDue) expect(Date.parse(logged.waiting?.until ?? '')).toBeLessThanOrEqual(Date.now() + 1)
  }

  #at(offset: number): At {
    const at = this.#moments[offset]
    if (at === undefined) throw new Error(`the log is known to ${this.head}, not to ${offset}`)
    return at
  }

  #next(at: At, { type, data, offset }: RunEvent): At {
    if (type === 'item') return { ...at, rows: this.#merge(at.rows, data as readonly Item[], offset) }
    if (type === 'status') return { ...at, ...(data as Pick<At, 'status' | 'round'>), end: null }
    if (type === 'step') {
      const { name, status, startedAt, finishedAt } = data as Step
      return { ...at, steps: { ...at.steps, [name]: { status, startedAt, finishedAt } } }
    }
    if (type !== 'complete' && type !== 'failed') return at
    const end = data as RunEnd
    this.#ends += 1
    expect([end.round, this.#ends], 'one end in each round').toEqual([at.round, at.round])
    expect(end.offset).toBe(offset)
    return { ...at, end }
  }

  #merge(before: At['rows'], items: readonly Item[], offset: number): At['rows'] {
    const rows: Record<string, Rows> = { ...before }
    for (const item of items) {
      // Changed again in the same commit: the event its offset names has it.
      if (item.offset !== offset) continue
      const key = keyOf(item)
      const old = this.#newest.get(key)
      const counts = { ...(rows[item.step] ?? NO_ROWS) }
      if (old !== undefined) counts[old.status] -= 1
      counts[item.status] += 1
      counts.skipped += Number(item.skipped) - Number(old?.skipped ?? false)
      rows[item.step] = counts
      this.#newest.set(key, item)
      const history = this.#items.get(key) ?? new Map<number, Item>()
      this.#items.set(key, history.set(offset, item))
    }
    return rows
  }
}

/** What a reporter announced and has not mentioned is in the counters, and in no event. */
function compareCounts(run: Pick<Run, 'external' | 'offset'>, step: Step, { skipped, ...rows }: Rows): void {
  const { name, status, counts } = step
  expect(step.skipped, `skipped of step ${name} at ${run.offset}`).toBe(skipped)
  const mentioned = ITEM_STATUSES.reduce((sum, one) => sum + rows[one], 0)
  const announced = run.external ? counts.total - mentioned : 0
  expect(announced).toBeGreaterThanOrEqual(0)
  const isOver = status !== 'queued' && status !== 'running' && status !== 'paused'
  const expected = { ...rows, total: mentioned + announced }
  expected[isOver ? 'cancelled' : 'queued'] += announced
  expect(counts, `counts of step ${name} at ${run.offset}`).toEqual(expected)
}

export function keyOf(item: Pick<Item, 'step' | 'id'>): string {
  return `${item.step}/${item.id}`
}
