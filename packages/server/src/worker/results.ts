import { MonofilError } from '@monofil/protocol'
import type { Store } from '../seams/store.ts'
import type { Clock, Random } from '../seams/system.ts'
import { Backoff } from './backoff.ts'
import type { FailedItem, Results } from './context.ts'
import { isOutage } from './outcome.ts'
import { abortable } from './pause.ts'
import type { Workflow } from './workflow.ts'

/** Entries per page; halved while pages are too large for the way to the store. */
const PAGE = 64

export interface StepReaderOptions {
  readonly store: Store
  readonly clock: Clock
  readonly random: Random
  readonly signal: AbortSignal
  readonly runId: string
  readonly workflow: Workflow
  readonly step: string
}

/** Some entries of a step, and where to go on: undefined at the end. */
interface Entries<Entry, Place> {
  readonly entries: readonly Entry[]
  readonly next: Place | undefined
}

type ReadPage<Entry, Place> = (place: Place | undefined, limit: number) => Promise<Entries<Entry, Place>>

/** `ctx.results(step)`: what its completed items returned, in order of index. */
export function stepResults<Result>(options: StepReaderOptions): Results<Result> {
  const { store, runId, step } = knownStep('results', options)
  return new Stream<Result, number>(options, async (after = -1, limit) => {
    const page = await store.work.results({ runId, step, after, limit })
    // The author says what the step's code returned; the store gives back exactly that.
    const entries = page.map(({ resultJson }) => JSON.parse(resultJson) as Result)
    return { entries, next: page.length < limit ? undefined : page.at(-1)?.index }
  })
}

/** `ctx.failures(step)`: its items that failed for good, in order of index. */
export function stepFailures<Item>(options: StepReaderOptions): Results<FailedItem<Item>> {
  const { store, runId, step } = knownStep('failures', options)
  return new Stream<FailedItem<Item>, string>(options, async (cursor, limit) => {
    const page = await store.runs.items({ viewer: { all: true }, runId, step, status: ['failed'], limit, cursor })
    const entries = page.items.map(({ id, index, attempts, input, error }) => ({
      id,
      index,
      attempts,
      item: input as Item,
      error: error ?? { code: 'error', message: '' },
    }))
    return { entries, next: page.nextCursor ?? undefined }
  })
}

function knownStep(call: string, options: StepReaderOptions): StepReaderOptions {
  const { workflow, step } = options
  if (workflow.steps.has(step)) return options
  const names = [...workflow.steps.keys()].join(', ')
  const message = `${call}('${step}'): workflow "${workflow.name}" has no such step; its steps are ${names}.`
  throw new MonofilError('invalid_request', message)
}

/** One page in memory at a time; waits while the store is away, until the attempt is over. */
class Stream<Entry, Place> implements Results<Entry> {
  readonly #options: StepReaderOptions
  readonly #read: ReadPage<Entry, Place>

  constructor(options: StepReaderOptions, read: ReadPage<Entry, Place>) {
    this.#options = options
    this.#read = read
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Entry, void, undefined> {
    let place: Place | undefined
    let limit = PAGE
    for (;;) {
      const page = await this.#page(place, limit)
      if (page === 'too_large') {
        limit = Math.ceil(limit / 2)
        continue
      }
      yield* page.entries
      if (page.next === undefined) return
      place = page.next
    }
  }

  async all(): Promise<Entry[]> {
    const entries: Entry[] = []
    for await (const entry of this) entries.push(entry)
    return entries
  }

  async #page(place: Place | undefined, limit: number): Promise<Entries<Entry, Place> | 'too_large'> {
    const { clock, signal, random } = this.#options
    const backoff = new Backoff(random)
    for (;;) {
      signal.throwIfAborted()
      try {
        return await this.#read(place, limit)
      } catch (error) {
        if (MonofilError.is(error) && error.code === 'too_large' && limit > 1) return 'too_large'
        if (!isOutage(error)) throw error
      }
      await abortable(clock, backoff.next(), signal)
    }
  }
}
