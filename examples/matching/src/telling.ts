import type { Spent } from '@monofil/example-models'
import type { StepContext } from '@monofil/server/worker'

/** What a step says while it works: each line carries the run's id, so that a line alone says whose it is. */
export interface Telling {
  log(message: string, data?: Readonly<Record<string, unknown>>): void
  /** What an answer cost, also one of which nothing came. */
  spent(spent: Spent | null): void
  /** Says the next piece of what a model writes, for whoever reads along. */
  wrote(piece: string): void
}

/** The one place where a step's model work is reported. */
export function tell(ctx: Pick<StepContext, 'run' | 'attempt' | 'log' | 'usage' | 'text'>): Telling {
  const log: Telling['log'] = (message, data = {}) => {
    ctx.log(`[${ctx.run.id}] ${message}`, { run: ctx.run.id, attempt: ctx.attempt, ...data })
  }
  return {
    log,
    wrote: (piece) => ctx.text('reasons').write(piece),
    spent(spent) {
      if (spent === null) return
      const { model, inputTokens, outputTokens, cost, currency } = spent
      const tokens = inputTokens + outputTokens
      ctx.usage({ tokens, model, ...(cost === null || currency === null ? {} : { cost: cost.toFixed(6), currency }) })
      const price = cost === null ? '' : `, ${cost.toFixed(6)} ${currency}`
      log(`${model}: ${inputTokens} tokens read, ${outputTokens} written${price}`, { spent })
    },
  }
}
