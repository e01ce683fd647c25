import { MonofilError } from '@monofil/protocol'
import type { Credentials, Principal } from '../seams/auth.ts'

/** A request as handlers see it, whatever carried it. */
export interface Request {
  readonly method: string
  /** Without the query, as it came. */
  readonly path: string
  /** Percent-decoded. */
  readonly params: Readonly<Record<string, string | undefined>>
  readonly query: URLSearchParams
  readonly principal: Principal
  readonly address: string
  /** Whether a trusted proxy says that the browser's side is https. */
  readonly isHttps: boolean
  /** By lower-case name. */
  header(name: string): string | undefined
  /**
   * The body as JSON.
   * @throws `unsupported_media_type`, `too_large`, `invalid_request`.
   */
  json(): Promise<unknown>
}

/** The parts of a carrier that decide who asks; `address` is the socket's where that matters. */
export function credentialsOf(
  request: Pick<Request, 'address' | 'method' | 'isHttps'>,
  header: (name: string) => string | undefined,
): Credentials {
  const { address: remoteAddress, method, isHttps } = request
  const origin = header('origin')
  const host = header('host')
  return {
    authorization: header('authorization'),
    cookie: header('cookie'),
    host,
    origin,
    forwarded:
      header('forwarded') !== undefined ||
      header('x-forwarded-for') !== undefined ||
      header('x-forwarded-host') !== undefined ||
      header('x-forwarded-proto') !== undefined ||
      header('x-real-ip') !== undefined ||
      header('via') !== undefined,
    remoteAddress,
    method,
    contentType: header('content-type'),
    secFetchSite: header('sec-fetch-site'),
    // An Origin is the browser's own word, and about its own cookies: a lie changes which name they have.
    isSecure: isHttps || (host !== undefined && origin === `https://${host}`),
  }
}

/**
 * Whether a media type is acceptable (RFC 9110, 12.5.1): exact, by its main type or by the wildcard, and not with
 * `q=0`. No header accepts everything.
 */
export function accepts(request: Pick<Request, 'header'>, type: string): boolean {
  const header = request.header('accept')
  return header === undefined || header.trim() === '' || header.split(',').some((range) => covers(range, type))
}

/** Whether a media type is asked for by its own name. */
export function asksFor(request: Pick<Request, 'header'>, type: string): boolean {
  return (request.header('accept') ?? '').split(',').some((range) => {
    const [name = ''] = range.split(';')
    return name.trim().toLowerCase() === type && covers(range, type)
  })
}

function covers(range: string, type: string): boolean {
  const [name = '', ...params] = range.split(';').map((part) => part.trim().toLowerCase())
  if (params.some((param) => /^q=0(\.0{0,3})?$/.test(param))) return false
  return name === '*/*' || name === type || name === `${type.slice(0, type.indexOf('/'))}/*`
}

/** A parameter of the path, checked by a guard. @throws `not_found`: what cannot be named does not exist. */
export function param(request: Request, name: string, guard: (value: unknown) => value is string): string {
  const value = request.params[name]
  if (!guard(value)) throw new MonofilError('not_found', `There is nothing at ${request.path.slice(0, 200)}.`)
  return value
}
