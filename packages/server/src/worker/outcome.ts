import { isLabel, MonofilError } from '@monofil/protocol'
import type { Outcome } from '../seams/store.ts'
import { notJson } from './json.ts'

/** The largest result of an item, as JSON in UTF-8. */
export const MAX_RESULT_BYTES = 1024 * 1024
const MAX_MESSAGE_CHARS = 2_000

/** Thrown by a handler where trying again cannot help: the item fails at once, whatever retries its step has. */
export class NonRetryable extends Error {
  override readonly name = 'NonRetryable'
  readonly code: string

  /** `code` groups failures and is shown with them; `error` when left out. */
  constructor(message: string, options: { readonly code?: string; readonly cause?: unknown } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.code = options.code ?? 'error'
  }
}

/**
 * Thrown by a handler that was told to come back later, as by a 429 with `Retry-After`: the item goes back uncounted, and
 * the limits of its step (or the one named) give nothing for so long, to any worker. Of a step without limits only the
 * item waits.
 */
export class RateLimited extends Error {
  override readonly name = 'RateLimited'
  /** In ms; at least 1, at most a day. */
  readonly retryAfterMs: number
  readonly limit: string | undefined

  constructor(retryAfterMs: number, options: { readonly limit?: string; readonly cause?: unknown } = {}) {
    super(`told to come back after ${retryAfterMs} ms`, 'cause' in options ? { cause: options.cause } : undefined)
    this.retryAfterMs = retryAfterMs
    this.limit = options.limit
  }
}

/** The outcome of a handler that returned; nothing counts as null. A result that cannot be kept is a failure for good. */
export function completed(fence: number, step: string, result: unknown): Outcome {
  if (result === undefined) return { fence, kind: 'completed', resultJson: 'null' }
  const problem = notJson(result)
  if (problem !== undefined) {
    return failed(fence, 'invalid_result', `The result of step "${step}" is not JSON: ${problem}.`)
  }
  const resultJson = JSON.stringify(result)
  const bytes = Buffer.byteLength(resultJson)
  if (bytes <= MAX_RESULT_BYTES) return { fence, kind: 'completed', resultJson }
  const message = `The result of step "${step}" has ${bytes} bytes, over ${MAX_RESULT_BYTES}: keep it in a file and return its name.`
  return failed(fence, 'too_large', message)
}

/** Whether a result could not be kept only because of its size. */
export function isTooLarge(outcome: Outcome): boolean {
  return outcome.kind === 'failed' && outcome.error.code === 'too_large'
}

/** The outcome of a handler that threw: the code that `codeOf` names, else an Error's own, else `error`; its message. */
export function failure(fence: number, thrown: unknown, codeOf?: (error: unknown) => string | undefined): Outcome {
  const named = codeOf?.(thrown)
  if (!(thrown instanceof Error)) return failed(fence, labelOr(named, 'error'), String(thrown), true)
  if (thrown.name === 'RateLimited' && 'retryAfterMs' in thrown) return limited(fence, thrown)
  const own = labelOr(named, 'code' in thrown && isLabel(thrown.code) ? thrown.code : 'error')
  // By name too: the workflow file may have loaded another copy of this module.
  const final = thrown instanceof NonRetryable || thrown.name === 'NonRetryable'
  return failed(fence, own, thrown.message === '' ? thrown.name : thrown.message, !final)
}

function labelOr(name: string | undefined, other: string): string {
  return isLabel(name) ? name : other
}

const DAY_MS = 86_400_000

function limited(fence: number, thrown: { readonly retryAfterMs: unknown; readonly limit?: unknown }): Outcome {
  const asked = Number(thrown.retryAfterMs)
  const retryAfterMs = Math.ceil(Math.min(DAY_MS, Math.max(1, Number.isFinite(asked) ? asked : 1000)))
  return { fence, kind: 'limited', retryAfterMs, ...(isLabel(thrown.limit) ? { limit: thrown.limit } : {}) }
}

/** The outcome of an attempt that took longer than its step allows. */
export function timedOut(fence: number, step: string, timeoutMs: number): Outcome {
  return failed(fence, 'timeout', `Step "${step}" took longer than its timeoutMs of ${timeoutMs}.`, true)
}

/** A failure with its message cut to what a list can show. */
export function failed(fence: number, code: string, message: string, retryable = false): Outcome {
  const cut = message.length > MAX_MESSAGE_CHARS ? `${message.slice(0, MAX_MESSAGE_CHARS)}…` : message
  return { fence, kind: 'failed', error: { code, message: cut.toWellFormed() }, retryable }
}

/** Whether an error says that the store cannot be used now, rather than that the request is wrong. */
export function isOutage(error: unknown): error is MonofilError {
  return MonofilError.is(error) && (error.code === 'store_unavailable' || error.code === 'store_full')
}
