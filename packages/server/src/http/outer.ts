import { type Answering, answer, type Carried } from './answer.ts'
import { Cors } from './cors.ts'
import type { FileReply, PlainReply, Reply } from './reply.ts'

/** What goes around every answer, whatever it is. */
export interface Surrounding {
  readonly cors: Cors
  /** Seconds for which browsers use https only, where the request came by it; 0: nothing is said. */
  readonly hstsSeconds: number
}

/** No page of another origin, and no promise of https. */
const BARE: Surrounding = { cors: new Cors([]), hstsSeconds: 0 }

/** Answers a request, with the headers that every answer has. Never rejects. */
export async function answerAround(answering: Answering, carried: Carried): Promise<Reply> {
  const { cors, hstsSeconds } = answering.surrounding ?? BARE
  const header = (name: string) => carried.header(name)
  const reply = cors.preflight(carried.method, header) ?? (await answer(answering, carried))
  // A proxy that ends https says so; who forges it asks only their own browser.
  const hsts = hstsSeconds > 0 && header('x-forwarded-proto') === 'https' ? hstsOf(hstsSeconds) : []
  const added = [...cors.headers(header), ...hsts]
  if ('start' in reply) return { ...reply, headers: [...reply.headers, ...STREAM_HEADERS, ...added] }
  return { ...reply, headers: [...reply.headers, ...missing(reply), ...added] }
}

const hstsOf = (seconds: number): readonly string[] => [
  'Strict-Transport-Security',
  `max-age=${seconds}; includeSubDomains`,
]

/** A stream is no document, and its head is sent to every reader: what it needs and no more. */
const STREAM_HEADERS: readonly string[] = ['Cross-Origin-Resource-Policy', 'same-origin']

/** What an answer has that says nothing else: nothing is kept, framed, guessed or loaded. */
const DEFAULTS: readonly (readonly [string, string])[] = [
  ['Cache-Control', 'no-store'],
  ['Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'"],
  ['Cross-Origin-Resource-Policy', 'same-origin'],
  ['Referrer-Policy', 'no-referrer'],
]

function missing({ status, headers }: PlainReply | FileReply): readonly string[] {
  // What a 304 says takes the place of what the reader has kept, a page's own policy too.
  if (status === 304) return []
  return DEFAULTS.flatMap(([name, value]) => (headers.includes(name) ? [] : [name, value]))
}

/** A page of ours: what it may load is its own policy, and nothing of the browser's devices is its business. */
export function pageHeaders(policy: string): readonly string[] {
  return [
    'Content-Security-Policy',
    policy,
    'Cross-Origin-Opener-Policy',
    'same-origin',
    'Permissions-Policy',
    'accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), ' +
      'midi=(), payment=(), usb=()',
    'X-Frame-Options',
    'DENY',
  ]
}
