import { MonofilError, problemOf } from '@monofil/protocol'
import type { Sink } from '../hub/index.ts'

/** A stream that was opened: the adapter tells it when its socket ran empty and when it is gone. */
export interface StreamLife {
  drained(): void
  closed(): void
}

/** An answer that is whole. */
export interface PlainReply {
  readonly status: number
  /** Name, value, name, value. */
  readonly headers: readonly string[]
  readonly body: string | Uint8Array
}

/** An answer that goes on: the head is sent, then `start` writes to the socket until one side closes. */
export interface StreamReply {
  readonly status: 200
  readonly headers: readonly string[]
  start(sink: Sink): StreamLife | undefined
}

/** A file that is made while it is sent, however large. */
export interface FileReply {
  readonly status: 200
  readonly headers: readonly string[]
  /** Makes it anew, piece by piece; `signal` is aborted when its reader is gone. */
  file(signal: AbortSignal): AsyncIterable<string | Uint8Array>
}

export type Reply = PlainReply | StreamReply | FileReply

/** On every answer: a body is what its type says. */
export const SECURITY_HEADERS: readonly string[] = ['X-Content-Type-Options', 'nosniff']

const JSON_HEADERS = ['Content-Type', 'application/json', 'Cache-Control', 'no-store']
const PROBLEM_HEADERS = ['Content-Type', 'application/problem+json', 'Cache-Control', 'no-store']

/** JSON that is already text. */
export function jsonText(body: string, status = 200, headers: readonly string[] = []): PlainReply {
  return { status, headers: headers.length === 0 ? JSON_HEADERS : [...JSON_HEADERS, ...headers], body }
}

export function json(body: unknown, status = 200, headers: readonly string[] = []): PlainReply {
  return jsonText(JSON.stringify(body), status, headers)
}

export function noContent(headers: readonly string[] = []): PlainReply {
  return { status: 204, headers, body: '' }
}

/** An error as a problem document. What is not ours becomes `internal`, without its words. */
export function problem(error: unknown, headers: readonly string[] = []): PlainReply {
  const known = MonofilError.is(error)
    ? error
    : new MonofilError('internal', 'Something went wrong in the hub. Its log has the details.')
  const retryAfterMs = known.details.retryAfterMs ?? (known.status === 503 ? 1_000 : undefined)
  const retry = retryAfterMs === undefined ? [] : ['Retry-After', String(Math.max(1, Math.ceil(retryAfterMs / 1_000)))]
  const body = JSON.stringify(problemOf(known))
  return { status: known.status, headers: [...PROBLEM_HEADERS, ...retry, ...headers], body }
}
