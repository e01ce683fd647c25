import { type Agent, request } from 'node:https'
import webPush from 'web-push'
import type { PushAddress, VapidKeys } from '../seams/push-store.ts'
import { publicLookup } from './endpoint.ts'
import type { PushHeaders } from './message.ts'

/** What one browser's push service said. `gone`: it knows this browser no more. */
export type Delivered =
  | { readonly kind: 'sent' | 'gone' }
  | { readonly kind: 'failed'; readonly error: string }
  | { readonly kind: 'retry'; readonly error: string; readonly afterMs?: number | undefined }

export interface DeliverOptions {
  readonly vapid: VapidKeys & { readonly subject: string }
  readonly agent: Agent
  /** From the beginning to the answer's head, in ms: a socket that hangs is cut then. */
  readonly timeoutMs: number
  readonly allowPrivate: boolean
}

/** A service that asks for more patience than this is asked again anyway. */
const MAX_AFTER_MS = 3_600_000

/**
 * Encrypts a message for one browser (RFC 8291), signs it (RFC 8292) and posts it. Redirects are not followed, and
 * nothing of the answer but its head is read. Never rejects.
 */
export async function deliver(
  { endpoint, p256dh, auth }: PushAddress,
  { message, headers }: { readonly message: string; readonly headers: PushHeaders },
  options: DeliverOptions,
): Promise<Delivered> {
  try {
    const vapidDetails = options.vapid
    const made = webPush.generateRequestDetails({ endpoint, keys: { p256dh, auth } }, message, {
      ...headers,
      vapidDetails,
    })
    return await post(endpoint, made, options)
  } catch (error) {
    return { kind: 'retry', error: `${new URL(endpoint).host}: ${wordsOf(error, options.timeoutMs)}` }
  }
}

function wordsOf(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return String(error)
  return error.name === 'AbortError' || error.name === 'TimeoutError'
    ? `no answer within ${timeoutMs} ms`
    : error.message
}

interface Made {
  readonly headers: Record<string, string | number>
  readonly body: Buffer
}

function post(endpoint: string, { headers, body }: Made, options: DeliverOptions): Promise<Delivered> {
  const { agent, timeoutMs, allowPrivate } = options
  return new Promise((resolve, reject) => {
    const sent = request(endpoint, {
      method: 'POST',
      headers,
      agent,
      signal: AbortSignal.timeout(timeoutMs),
      ...(allowPrivate ? {} : { lookup: publicLookup }),
    })
    sent.on('response', (response) => {
      // A body that never ends is cut by the same signal, and harms nobody.
      response.on('error', () => undefined)
      response.resume()
      const { statusCode = 0, headers: said } = response
      resolve(meaning(statusCode, { host: new URL(endpoint).host, retryAfter: said['retry-after'] }))
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

function meaning(status: number, { host, retryAfter }: { host: string; retryAfter: string | undefined }): Delivered {
  const error = `${host} answered ${status}`
  if (status >= 200 && status < 300) return { kind: 'sent' }
  if (status === 404 || status === 410) return { kind: 'gone' }
  if (status !== 408 && status !== 429 && status < 500) return { kind: 'failed', error }
  return { kind: 'retry', error, afterMs: msOf(retryAfter) }
}

/** `Retry-After` as seconds or as a date. */
function msOf(value: string | undefined): number | undefined {
  if (value === undefined) return undefined
  const ms = /^\d+$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - Date.now()
  return Number.isFinite(ms) && ms > 0 ? Math.min(ms, MAX_AFTER_MS) : undefined
}
