import type { UsageDelta } from '@monofil/protocol'
import { noUsage } from '../runs/records.ts'
import { addUsage, usageView } from '../runs/usage.ts'
import type { NewUsage } from '../seams/store.ts'

/** Sums that may wait; what comes beyond is added to one of its attempt, whatever its model. */
const MAX_WAITING = 5_000

/** What one attempt said that it used. */
export type SpentUsage = Omit<NewUsage, 'seq'>

/**
 * What attempts used and the store does not know of yet, added up by attempt, model and currency. What was taken keeps
 * its numbers until it is acknowledged, so that what is sent again counts once.
 */
export class UsageSums {
  readonly #seqs = new Map<number, number>()
  readonly #sums = new Map<string, SpentUsage>()
  #taken: readonly NewUsage[] = []

  get isEmpty(): boolean {
    return this.#sums.size === 0 && this.#taken.length === 0
  }

  add(spent: SpentUsage): void {
    const { fence, usage } = spent
    const own = `${fence}\n${usage.currency ?? ''}\n${usage.model ?? ''}`
    const key = this.#sums.size < MAX_WAITING || this.#sums.has(own) ? own : `${fence}\n${usage.currency ?? ''}\n`
    const sum = this.#sums.get(key)
    const { model: _model, ...plain } = usage
    if (sum === undefined) this.#sums.set(key, key === own ? spent : { ...spent, usage: plain })
    else this.#sums.set(key, { ...sum, usage: added(sum.usage, usage) })
  }

  /** All there is, what was taken before and not acknowledged first, and in the same words. */
  take(): readonly NewUsage[] {
    const fresh = [...this.#sums.values()].map((spent) => {
      const seq = (this.#seqs.get(spent.fence) ?? 0) + 1
      this.#seqs.set(spent.fence, seq)
      return { ...spent, seq }
    })
    this.#sums.clear()
    this.#taken = [...this.#taken, ...fresh]
    return this.#taken
  }

  /** The store has what was taken, or will never take it. */
  acknowledge(): void {
    this.#taken = []
  }

  /** These attempts are over: no number of theirs is needed any more. */
  forget(fences: readonly number[]): void {
    for (const fence of fences) this.#seqs.delete(fence)
  }
}

function added(sum: UsageDelta, delta: UsageDelta): UsageDelta {
  const where = { runId: '', field: 'usage' }
  const { model } = sum
  return {
    ...usageView(addUsage(addUsage(noUsage(), sum, where), delta, where)),
    ...(model === undefined ? {} : { model }),
  }
}
