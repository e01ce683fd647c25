/** Every error code of the protocol with the status it travels under, a title, and whether trying again can help. */
export const ERRORS = {
  invalid_request: { status: 400, title: 'The request is not well formed', retryable: false },
  invalid_input: { status: 422, title: "The workflow refused the run's input", retryable: false },
  unauthorized: { status: 401, title: 'A valid credential is needed', retryable: false },
  token_expired: { status: 401, title: 'The credential has expired', retryable: false },
  forbidden: { status: 403, title: 'Not allowed', retryable: false },
  csrf: { status: 403, title: 'A cookie counts only on same-origin JSON requests', retryable: false },
  not_found: { status: 404, title: 'Not found', retryable: false },
  unknown_connection: { status: 404, title: 'No such connection', retryable: false },
  unknown_workflow: { status: 404, title: 'No such workflow', retryable: false },
  method_not_allowed: { status: 405, title: 'Method not allowed', retryable: false },
  not_acceptable: { status: 406, title: 'Not acceptable', retryable: false },
  unsupported_media_type: { status: 415, title: 'Unsupported media type', retryable: false },
  too_large: { status: 413, title: 'Too large', retryable: false },
  run_conflict: { status: 409, title: 'A run with this id exists with another body', retryable: false },
  id_taken: { status: 409, title: 'This id is taken', retryable: false },
  key_busy: { status: 409, title: 'A run with this key is active', retryable: false },
  invalid_state: { status: 409, title: 'Not possible in this state', retryable: false },
  out_of_order: { status: 409, title: 'A seq was skipped', retryable: false },
  currency_mismatch: { status: 409, title: 'Currencies differ', retryable: false },
  too_many_connections: { status: 429, title: 'Too many connections', retryable: true },
  too_many_topics: { status: 429, title: 'Too many topics', retryable: false },
  rate_limited: { status: 429, title: 'Too many requests', retryable: true },
  draining: { status: 503, title: 'The hub is shutting down', retryable: true },
  node_unreachable: { status: 503, title: 'The node that holds the connection cannot be reached', retryable: true },
  store_unavailable: { status: 503, title: 'The store cannot be reached', retryable: true },
  store_full: { status: 507, title: 'The store is full', retryable: true },
  internal: { status: 500, title: 'Internal error', retryable: true },
} as const satisfies Record<string, { status: number; title: string; retryable: boolean }>

/** A closed set: readers meet only these codes from this version, and treat unknown ones by their status. */
export type ErrorCode = keyof typeof ERRORS

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
    this.status = ERRORS[code].status
    this.retryable = ERRORS[code].retryable
    this.details = rest
  }

  /** The problem document; `docs` is the page the `type` links into. */
  toProblem(docs = 'https://monofil.dev/errors'): Problem {
    const { status, title } = ERRORS[this.code]
    return { type: `${docs}#${this.code}`, title, status, code: this.code, detail: this.message, ...this.details }
  }

  /** True for our errors also when the module is loaded twice or the error crossed a thread. */
  static is(value: unknown): value is MonofilError {
    return value instanceof Error && value.name === 'MonofilError' && 'code' in value
  }
}
