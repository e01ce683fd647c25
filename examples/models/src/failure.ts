import { APIConnectionError, APIConnectionTimeoutError, APIError } from 'openai'
import { ModelError } from './model-error.ts'
import type { ModelSettings } from './settings.ts'

/** Where an endpoint does not say when to come back. */
const RETRY_AFTER_MS = 10_000

/** Whether an endpoint's refusal means that the account has nothing left, which no waiting mends. */
const EXHAUSTED = /insufficient[_ ](quota|balance|credit|funds)|quota[_ ]exceeded|billing[_ ]hard[_ ]limit/i

/** What a call to the endpoint threw, in words. `what` is the model's name, or what was asked. */
export function failureOf(error: unknown, settings: ModelSettings, what: string): ModelError {
  if (error instanceof ModelError) return error
  const at = endpointOf(settings)
  if (error instanceof APIConnectionTimeoutError) return slow(settings, what, error)
  if (error instanceof APIConnectionError) {
    return new ModelError('unreachable', `The model endpoint ${at} cannot be reached${reasonOf(error)}.`, {
      cause: error,
    })
  }
  if (error instanceof APIError) return refusal(error, settings, what)
  // What is no answer of the endpoint broke on the way: a cut connection, half a JSON.
  return new ModelError('stream_cut', `The answer of ${what} ended before its end.`, { cause: error })
}

/** The failure of an answer that took longer than the settings allow. */
export function slow({ timeoutMs }: ModelSettings, what: string, cause: unknown): ModelError {
  return new ModelError('model_timeout', `${what} did not answer within ${timeoutMs} ms.`, { cause })
}

function refusal(error: APIError, settings: ModelSettings, what: string): ModelError {
  const { status } = error
  const said = saidBy(error, settings)
  const details = { cause: error }
  if (status === 402 || EXHAUSTED.test(`${error.code} ${error.type} ${said}`)) {
    return new ModelError('quota_exhausted', `The quota of the model endpoint is used up${said}.`, details)
  }
  if (status === 429) {
    const retryAfterMs = retryAfterOf(error.headers)
    return new ModelError('rate_limited', `The model endpoint asks to come back after ${retryAfterMs} ms.`, {
      ...details,
      retryAfterMs,
    })
  }
  if (status === 401 || status === 403) {
    return new ModelError('unauthorized', `The model endpoint does not take the key (${status})${said}.`, details)
  }
  if (status === 404) return new ModelError('model_not_found', `The endpoint knows no ${what}${said}.`, details)
  if (status === 408) return slow(settings, what, error)
  if (status === undefined || status >= 500 || status === 409) {
    return new ModelError('endpoint_failed', `The model endpoint failed (${status ?? 'mid-answer'})${said}.`, details)
  }
  return new ModelError('refused', `The model endpoint refused the request (${status})${said}.`, details)
}

/** `Retry-After` in seconds or as a date, `retry-after-ms`; at least 1 ms, at most a day. */
export function retryAfterOf(headers: Headers | undefined, now = Date.now()): number {
  const ms = headers?.get('retry-after-ms')
  const after = headers?.get('retry-after')
  const found = ms
    ? Number(ms)
    : after
      ? Number.isNaN(Number(after))
        ? Date.parse(after) - now
        : Number(after) * 1000
      : NaN
  return Number.isFinite(found) ? Math.ceil(Math.min(86_400_000, Math.max(1, found))) : RETRY_AFTER_MS
}

/** The endpoint without what an address may hide: a user, a password, a query. */
export function endpointOf({ url }: ModelSettings): string {
  const { origin, pathname } = new URL(url)
  return `${origin}${pathname.replace(/\/+$/, '')}`
}

/** What the endpoint said, short, on one line and without the key, which some repeat. */
function saidBy(error: APIError, { key }: ModelSettings): string {
  const inside: unknown = error.error
  const message = typeof inside === 'object' && inside !== null ? Reflect.get(inside, 'message') : undefined
  if (typeof message !== 'string' || message === '') return ''
  const text = (key === null ? message : message.replaceAll(key, '…')).replace(/\s+/g, ' ').trim().replace(/\.$/, '')
  return `: ${text.length > 200 ? `${text.slice(0, 200)}…` : text}`
}

/** The system's code of what broke, else the words of what is at its bottom. */
function reasonOf(error: Error): string {
  let last = ''
  for (let at: unknown = error.cause; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string') return ` (${at.code})`
    last = at.message
  }
  return last === '' ? '' : ` (${last})`
}
