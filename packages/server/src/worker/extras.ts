import type { LeasedKpi, Store } from '../seams/store.ts'
import type { Clock, Logger } from '../seams/system.ts'
import { isOutage } from './outcome.ts'
import { TextLots } from './text-lots.ts'

export interface ExtrasOptions {
  readonly store: Store
  readonly clock: Clock
  readonly logger: Logger
  readonly maxTextChars: number
  /** There is something to send now. */
  onDue(): void
}

/** What handlers say beside their outcomes and before them, under the same lease: texts and KPIs. */
export class Extras {
  readonly texts: TextLots
  readonly #options: ExtrasOptions
  /** The newest of each name. */
  readonly #kpis = new Map<string, LeasedKpi>()

  constructor(options: ExtrasOptions) {
    this.#options = options
    this.texts = new TextLots(options.clock, () => options.onDue())
  }

  get isEmpty(): boolean {
    return this.texts.isEmpty && this.#kpis.size === 0
  }

  get isDue(): boolean {
    return this.texts.isDue || this.#kpis.size > 0
  }

  kpi(kpi: LeasedKpi): void {
    this.#kpis.set(kpi.name, kpi)
    this.#options.onDue()
  }

  /** Sends what is due, and all that these fences have said; false while the store is away, and it is kept. */
  async send(fences: readonly number[]): Promise<boolean> {
    if (this.isEmpty) return true
    const { store, logger, maxTextChars } = this.#options
    const pieces = this.texts.take(new Set(fences))
    const kpis = [...this.#kpis.values()]
    this.#kpis.clear()
    const [texts, named] = await Promise.allSettled([
      pieces.length === 0 ? undefined : store.work.texts(pieces, maxTextChars),
      kpis.length === 0 ? undefined : store.work.kpis(kpis),
    ])
    if (named.status === 'fulfilled' && named.value !== undefined && named.value.length > 0) {
      logger.warn('There is no room for more KPIs; these were not set.', { names: named.value })
    }
    if (texts.status === 'rejected') {
      if (isOutage(texts.reason)) this.texts.putBack(pieces)
      else logger.error('The store refused texts; they are dropped.', { pieces: pieces.length, error: texts.reason })
    }
    if (named.status === 'rejected') {
      if (isOutage(named.reason)) this.#putBack(kpis)
      else logger.error('The store refused KPIs; they are dropped.', { kpis: kpis.length, error: named.reason })
    }
    return [texts, named].every((one) => one.status === 'fulfilled' || !isOutage(one.reason))
  }

  close(): void {
    this.texts.close()
  }

  #putBack(kpis: readonly LeasedKpi[]): void {
    for (const kpi of kpis) if (!this.#kpis.has(kpi.name)) this.#kpis.set(kpi.name, kpi)
  }
}
