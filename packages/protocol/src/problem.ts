import type { ErrorCode, MonofilError, Problem } from './errors.ts'

/** What every error code means, in a few words. */
export const TITLES: Readonly<Record<ErrorCode, string>> = {
  invalid_request: 'The request is not well formed',
  invalid_input: "The workflow refused the run's input",
  unauthorized: 'A valid credential is needed',
  token_expired: 'The credential has expired',
  forbidden: 'Not allowed',
  csrf: 'A cookie counts only on same-origin JSON requests',
  not_found: 'Not found',
  unknown_connection: 'No such connection',
  unknown_workflow: 'No such workflow',
  method_not_allowed: 'Method not allowed',
  not_acceptable: 'Not acceptable',
  unsupported_media_type: 'Unsupported media type',
  too_large: 'Too large',
  run_conflict: 'A run with this id exists with another body',
  id_taken: 'This id is taken',
  key_busy: 'A run with this key is active',
  invalid_state: 'Not possible in this state',
  out_of_order: 'A seq was skipped',
  currency_mismatch: 'Currencies differ',
  too_many_connections: 'Too many connections',
  too_many_topics: 'Too many topics',
  rate_limited: 'Too many requests',
  draining: 'The hub is shutting down',
  node_unreachable: 'The node that holds the connection cannot be reached',
  store_unavailable: 'The store cannot be reached',
  store_full: 'The store is full',
  internal: 'Internal error',
}

/** The problem document of an error; `docs` is the page the `type` links into. */
export function problemOf(error: MonofilError, docs = 'https://monofil.dev/errors'): Problem {
  const { code, status, message, details } = error
  return { type: `${docs}#${code}`, title: TITLES[code], status, code, detail: message, ...details }
}
