/** Every error code of the protocol with the status it travels under. */
export const STATUS = {
  invalid_request: 400,
  invalid_input: 422,
  unauthorized: 401,
  token_expired: 401,
  forbidden: 403,
  csrf: 403,
  not_found: 404,
  unknown_connection: 404,
  unknown_workflow: 404,
  method_not_allowed: 405,
  not_acceptable: 406,
  unsupported_media_type: 415,
  too_large: 413,
  run_conflict: 409,
  id_taken: 409,
  key_busy: 409,
  invalid_state: 409,
  out_of_order: 409,
  currency_mismatch: 409,
  too_many_connections: 429,
  too_many_topics: 429,
  rate_limited: 429,
  draining: 503,
  node_unreachable: 503,
  store_unavailable: 503,
  store_full: 507,
  internal: 500,
} as const

/** A closed set: readers meet only these codes from this version, and treat unknown ones by their status. */
export type ErrorCode = keyof typeof STATUS

/** What an error says beside its code: `field` is a path such as `events[3].type`. */
export interface ErrorDetails {
  readonly field?: string | undefined
  readonly state?: string | undefined
  readonly runId?: string | undefined
  readonly retryAfterMs?: number | undefined
  readonly findings?: readonly Finding[] | undefined
}

/** One thing that is wrong with an input, and where. */
export interface Finding {
  readonly field: string
  readonly message: string
}

/** RFC 9457 problem document. */
export interface Problem extends ErrorDetails {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly code: ErrorCode
  readonly detail: string
}

/** The one error class. `message` says what is wrong, with which id, and what to do. */
export class MonofilError extends Error {
  override readonly name = 'MonofilError'
  readonly code: ErrorCode
  readonly status: number
  readonly retryable: boolean
  readonly details: ErrorDetails

  constructor(code: ErrorCode, message: string, details: ErrorDetails & { cause?: unknown } = {}) {
    const { cause, ...rest } = details
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.status = STATUS[code]
    // Trying again helps against what passes; a full list of topics does not get shorter by itself.
    this.retryable = this.status === 429 ? code !== 'too_many_topics' : this.status >= 500
    this.details = rest
  }

  /** True for our errors also when the module is loaded twice or the error crossed a thread. */
  static is(value: unknown): value is MonofilError {
    return value instanceof Error && value.name === 'MonofilError' && 'code' in value
  }
}
