import { NonRetryable, RateLimited } from '@monofil/server/worker'
import { ModelError } from './model-error.ts'

/**
 * What a step's handler throws for a model's failure: `RateLimited` where the endpoint said when to come back,
 * `NonRetryable` where another attempt cannot help, else the error itself, which the step's retries count.
 */
export function forWorker(error: unknown): unknown {
  if (!(error instanceof ModelError)) return error
  if (error.code === 'rate_limited') return new RateLimited(error.retryAfterMs ?? 10_000, { cause: error })
  return error.retryable ? error : new NonRetryable(error.message, { code: error.code, cause: error })
}
