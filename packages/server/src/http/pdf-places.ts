import { type Item, MonofilError, type Run } from '@monofil/protocol'
import { type ExportFilter, itemPages, type PdfSubject, pdfExport } from '../exports/index.ts'
import type { RouteContext } from './context.ts'

const RETRY_MS = 5_000

/** The PDFs that are being made: each takes a thread and its memory, so there are only so many, and only so long ones. */
export class PdfPlaces {
  readonly #context: Pick<RouteContext, 'exports' | 'store'>
  #taken = 0

  constructor(context: Pick<RouteContext, 'exports' | 'store'>) {
    this.#context = context
  }

  /** @throws `rate_limited` where all places are taken, `too_large` for too many items. */
  async check(run: Run, filter: ExportFilter): Promise<void> {
    const { pdfItems, pdfsAtOnce } = this.#context.exports
    if (this.#taken >= pdfsAtOnce) {
      const words = `${pdfsAtOnce} PDFs are being made: try again when one of them is done.`
      throw new MonofilError('rate_limited', words, { retryAfterMs: RETRY_MS })
    }
    if (atMost(run, filter) <= pdfItems) return
    // Only a search can leave fewer than the counts say.
    const isMore = filter.q === undefined || (await this.#countsMore(run, filter, pdfItems))
    if (isMore) {
      throw new MonofilError(
        'too_large',
        `A PDF has at most ${pdfItems} items: filter them (step, status, q), or take csv or json.`,
      )
    }
  }

  async *make(
    subject: PdfSubject,
    pages: AsyncIterator<readonly Item[], void>,
    signal: AbortSignal,
  ): AsyncGenerator<Uint8Array> {
    this.#taken += 1
    try {
      yield* pdfExport(subject, pages, signal)
    } finally {
      this.#taken -= 1
    }
  }

  async #countsMore(run: Run, filter: ExportFilter, most: number): Promise<boolean> {
    let count = 0
    for await (const page of itemPages(this.#context.store.runs, run, filter, new AbortController().signal)) {
      count += page.length
      if (count > most) return true
    }
    return false
  }
}

/** How many items a filter can leave, by the counts of the run. */
function atMost(run: Run, { step, status }: ExportFilter): number {
  const counts = step === undefined ? run.counts : run.steps.find(({ name }) => name === step)?.counts
  if (counts === undefined) return 0
  return status === undefined ? counts.total : [...new Set(status)].reduce((sum, one) => sum + counts[one], 0)
}
