import type { Spent } from './spent.ts'

/** Why a model gave no answer, what a person can do about it, and whether another attempt can help. A closed set. */
export const MODEL_ERRORS = {
  quota_exhausted: { retryable: false, todo: 'Top up the account behind the key, or take the offline scorer.' },
  rate_limited: { retryable: true, todo: 'Nothing: it goes on when the endpoint lets it.' },
  unauthorized: { retryable: false, todo: 'Check MODEL_KEY.' },
  model_not_found: { retryable: false, todo: 'Choose one of the models the endpoint names.' },
  refused: { retryable: false, todo: 'Read what the endpoint said; the request will be refused again.' },
  unreachable: { retryable: true, todo: 'Check MODEL_URL and the network.' },
  model_timeout: { retryable: true, todo: 'Try again later, or raise MODEL_TIMEOUT_MS.' },
  stream_cut: { retryable: true, todo: 'Try again: the answer ended in the middle.' },
  endpoint_failed: { retryable: true, todo: 'Try again later: the fault is the endpoint’s.' },
  bad_answer: { retryable: true, todo: 'Try again, or take a larger model.' },
  too_long: { retryable: false, todo: 'Raise MODEL_MAX_TOKENS: the answer did not fit.' },
  bad_settings: { retryable: false, todo: 'Correct the setting.' },
} as const satisfies Record<string, { retryable: boolean; todo: string }>

export type ModelErrorCode = keyof typeof MODEL_ERRORS

/** What is known of a failure beside its code. */
export interface ModelErrorDetails {
  readonly cause?: unknown
  /** In ms: how long the endpoint asked to be left alone. */
  readonly retryAfterMs?: number
  /** What the attempt cost although nothing came of it; null: the endpoint did not say. */
  readonly spent?: Spent | null
}

/** A model that gave no answer, in words a person can act on. Its message never holds the key. */
export class ModelError extends Error {
  override readonly name = 'ModelError'
  readonly code: ModelErrorCode
  /** Whether another attempt can help. */
  readonly retryable: boolean
  readonly retryAfterMs: number | null
  readonly spent: Spent | null

  constructor(code: ModelErrorCode, message: string, details: ModelErrorDetails = {}) {
    super(`${message} ${MODEL_ERRORS[code].todo}`, 'cause' in details ? { cause: details.cause } : undefined)
    this.code = code
    this.retryable = MODEL_ERRORS[code].retryable
    this.retryAfterMs = details.retryAfterMs ?? null
    this.spent = details.spent ?? null
  }
}
