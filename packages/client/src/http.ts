import { type ErrorCode, MonofilError, type Problem, STATUS } from '@monofil/protocol'

/** What a request of ours carries. */
export interface Call {
  readonly query?: Readonly<Record<string, unknown>> | undefined
  readonly body?: unknown
  readonly signal?: AbortSignal | undefined
  /** Default: JSON. */
  readonly accept?: string | undefined
  /** Said by the stream's own calls. True: the credential must not be the one it had last, which has ended. */
  readonly renew?: boolean | undefined
}

/** Sends one request with the client's credential; answers whatever status comes, throws only when none does. */
export type Send = (method: string, path: string, call?: Call) => Promise<Response>

/** A path from a template: every value percent-encoded. */
export function path(strings: TemplateStringsArray, ...values: readonly string[]): string {
  return strings.reduce((text, part, index) => text + encodeURIComponent(values[index - 1] ?? '') + part)
}

/** `?a=1&b=2`: values left out where undefined, arrays once per element. Empty without any. */
export function queryOf(query: Readonly<Record<string, unknown>> = {}): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) search.append(name, String(one))
  }
  const text = search.toString()
  return text && `?${text}`
}

/** The JSON of an answer, undefined for 204. @throws the hub's error. */
export async function readAnswer(response: Response): Promise<unknown> {
  if (!response.ok) throw await errorOf(response)
  if (response.status === 204) return undefined
  return response.json()
}

/** The error a refusal carries: its problem document, or what the status alone says (a proxy's page, an old hub). */
export async function errorOf(response: Response): Promise<MonofilError> {
  const problem = (await response.json().catch(() => undefined)) as Partial<Problem> | undefined
  const known = problem && typeof problem.code === 'string' && Object.hasOwn(STATUS, problem.code)
  const code = known ? (problem.code as ErrorCode) : codeOfStatus(response.status)
  const message = problem?.detail ?? `the hub answered ${response.status} ${response.statusText}`.trim()
  const { field, state, runId, findings } = problem ?? {}
  const retryAfterMs = problem?.retryAfterMs ?? retryAfter(response.headers.get('retry-after'))
  return new MonofilError(code, message, { field, state, runId, findings, retryAfterMs })
}

/** `Retry-After` as seconds or as a date, in ms from now; undefined when absent or meaningless. */
export function retryAfter(value: string | null, now = Date.now()): number | undefined {
  if (value === null) return undefined
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined
}

/** The error of a request that got no answer. */
export function unreachable(url: string, cause: unknown): MonofilError {
  return new MonofilError('node_unreachable', `no answer from ${url}: is the hub running, and is this its address?`, {
    cause,
  })
}

const BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  406: 'not_acceptable',
  409: 'invalid_state',
  410: 'not_found',
  413: 'too_large',
  415: 'unsupported_media_type',
  429: 'rate_limited',
  502: 'node_unreachable',
  503: 'store_unavailable',
  504: 'node_unreachable',
}

function codeOfStatus(status: number): ErrorCode {
  return BY_STATUS[status] ?? (status >= 500 ? 'internal' : 'invalid_request')
}
