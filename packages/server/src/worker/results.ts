import { MonofilError } from '@monofil/protocol'
import type { Store } from '../seams/store.ts'
import type { Clock, Random } from '../seams/system.ts'
import { Backoff } from './backoff.ts'
import type { Results } from './context.ts'
import { isOutage } from './outcome.ts'
import type { Workflow } from './workflow.ts'

/** Entries per page; halved while pages are too large for the way to the store. */
const PAGE = 64

export interface StepResultsOptions {
  readonly store: Store
  readonly clock: Clock
  readonly random: Random
  readonly signal: AbortSignal
  readonly runId: string
  readonly workflow: Workflow
  readonly step: string
}

/** `ctx.results(step)`: one page in memory at a time; waits while the store is away, until the attempt is over. */
export class StepResults<Result> implements Results<Result> {
  readonly #options: StepResultsOptions

  constructor(options: StepResultsOptions) {
    const { workflow, step } = options
    if (!workflow.steps.has(step)) {
      const names = [...workflow.steps.keys()].join(', ')
      const message = `results('${step}'): workflow "${workflow.name}" has no such step; its steps are ${names}.`
      throw new MonofilError('invalid_request', message)
    }
    this.#options = options
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Result, void, undefined> {
    let after = -1
    let limit = PAGE
    for (;;) {
      const page = await this.#page(after, limit)
      if (page === 'too_large') {
        limit = Math.ceil(limit / 2)
        continue
      }
      for (const { index, resultJson } of page) {
        after = index
        // The author says what the step's code returned; the store gives back exactly that.
        yield JSON.parse(resultJson) as Result
      }
      if (page.length < limit) return
    }
  }

  async all(): Promise<Result[]> {
    const results: Result[] = []
    for await (const result of this) results.push(result)
    return results
  }

  async #page(after: number, limit: number): Promise<Awaited<ReturnType<Store['work']['results']>> | 'too_large'> {
    const { store, signal, runId, step, random } = this.#options
    const backoff = new Backoff(random)
    for (;;) {
      signal.throwIfAborted()
      try {
        return await store.work.results({ runId, step, after, limit })
      } catch (error) {
        if (MonofilError.is(error) && error.code === 'too_large' && limit > 1) return 'too_large'
        if (!isOutage(error)) throw error
      }
      await this.#pause(backoff.next())
    }
  }

  #pause(ms: number): Promise<void> {
    const { clock, signal } = this.#options
    return new Promise((resolve) => {
      const stop = clock.after(ms, done)
      function done(): void {
        signal.removeEventListener('abort', done)
        stop()
        resolve()
      }
      signal.addEventListener('abort', done)
    })
  }
}
