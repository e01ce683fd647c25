import type { ErrorCode } from '@monofil/protocol'
import type { SchemaName } from '@monofil/protocol/schemas'

/** JSON Schema 2020-12, or an OpenAPI object of plain data. */
export type Plain = Readonly<Record<string, unknown>>

/** A parameter beside those of the path. */
export interface Parameter {
  readonly name: string
  readonly in: 'query' | 'header'
  readonly description: string
  readonly schema: Plain
  readonly required?: boolean
}

/** An answer that is no problem. */
export interface Answered {
  readonly description: string
  /** Of a JSON body; left out with `type` too: there is no body. */
  readonly schema?: SchemaName
  /** Another body than JSON. */
  readonly type?: 'text/event-stream' | 'text/html' | 'text/csv' | 'application/pdf' | 'application/gzip' | '*/*'
}

/** What a route says of itself in the OpenAPI document. */
export interface About {
  /** Unique; generators of clients make a method's name of it. */
  readonly id: string
  readonly tag: 'Streams' | 'Topics' | 'Runs' | 'Schedules' | 'Notifications' | 'Rights' | 'Operation'
  readonly summary: string
  /** Who may, in words. */
  readonly right: string
  readonly parameters?: readonly Parameter[]
  readonly body?: SchemaName
  /** No body is the same as `{}`. */
  readonly isBodyOptional?: boolean
  readonly answers: Readonly<Record<number, Answered | readonly Answered[]>>
  /** Beside those that `errorsOf` adds. */
  readonly errors?: readonly ErrorCode[]
}

/** A route as far as its description needs it. */
export interface Described {
  readonly method: string
  readonly path: string
  readonly isPublic?: boolean
  readonly isProbe?: boolean
  /** A stream for native EventSource, which says by itself what will pass. */
  readonly passing?: unknown
  readonly about: About
}

/** Every code a route may answer: its own, and those that come of what it has (a credential, a body). */
export function errorsOf({ method, isPublic, isProbe, passing, about }: Described): readonly ErrorCode[] {
  const codes = new Set<ErrorCode>(about.errors)
  if (isProbe !== true && passing === undefined) codes.add('rate_limited')
  if (isPublic !== true && method !== 'GET') codes.add('csrf')
  if (isPublic !== true) for (const code of CREDENTIAL) codes.add(code)
  if (about.body !== undefined) for (const code of BODY) codes.add(code)
  return [...codes]
}

const CREDENTIAL = ['unauthorized', 'token_expired', 'forbidden'] as const satisfies readonly ErrorCode[]
const BODY = ['invalid_request', 'unsupported_media_type', 'too_large'] as const satisfies readonly ErrorCode[]

const textSchema = { type: 'string', maxLength: 256 }

/** A parameter of the query that is text. */
export function text(name: string, description: string): Parameter {
  return { name, in: 'query', description, schema: textSchema }
}

/** A parameter of the query with a schema of its own. */
export function query(name: string, description: string, schema: Plain): Parameter {
  return { name, in: 'query', description, schema }
}

/** One value of a closed set, or several, repeated or separated by commas. */
export function words(name: string, description: string, of: readonly string[]): Parameter {
  return query(name, description, { type: 'array', items: { type: 'string', enum: of } })
}

export const PAGE: readonly Parameter[] = [
  query('limit', 'How many.', { type: 'integer', minimum: 1, maximum: 200, default: 50 }),
  query('cursor', 'As `nextCursor` of the page before.', { type: 'string', maxLength: 1024 }),
]

export const LAST_EVENT_ID: Parameter = {
  name: 'Last-Event-ID',
  in: 'header',
  description: 'The id of the last event seen, as a browser sends it by itself.',
  schema: { type: 'string', maxLength: 1024 },
}
