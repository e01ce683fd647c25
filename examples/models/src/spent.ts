import type { ModelSettings } from './settings.ts'

/** What an answer cost. */
export interface Spent {
  readonly model: string
  readonly inputTokens: number
  readonly outputTokens: number
  /** In units of `currency`; null without a price. */
  readonly cost: number | null
  readonly currency: string | null
}

/** An answer, and what it cost; null where the endpoint does not say. */
export interface Answer<Value> {
  readonly value: Value
  readonly spent: Spent | null
}

/** Tokens as an endpoint counts them. */
interface Counted {
  readonly prompt_tokens: number
  readonly completion_tokens: number
}

/** What an endpoint's `usage` comes to at the settings' price. Pure. */
export function spentOf(settings: ModelSettings, model: string, counted: Counted | null | undefined): Spent | null {
  if (!counted) return null
  const { prompt_tokens: inputTokens, completion_tokens: outputTokens } = counted
  const { price } = settings
  const cost = price === null ? null : (inputTokens * price.input + outputTokens * price.output) / 1_000_000
  return { model, inputTokens, outputTokens, cost, currency: price?.currency ?? null }
}
