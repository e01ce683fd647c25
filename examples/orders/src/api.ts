import type { IncomingMessage, ServerResponse } from 'node:http'
import { json, type Route } from '@monofil/example-page'
import type { Logger } from '@monofil/server'
import type { OrderBook } from './order-book.ts'
import { OrderError } from './order-error.ts'
import { newOrder, ordersQuery, parse, patchOrder, signIn, versionOnly } from './order-schemas.ts'
import { PEOPLE, type Person, personOf, sessionOf } from './people.ts'
import { type Sessions, setCookie } from './session.ts'

const MAX_BODY_BYTES = 16_384

interface Call {
  readonly message: IncomingMessage
  readonly response: ServerResponse
  readonly book: OrderBook
  readonly sessions: Sessions
}

/** The application's own API: `/api/session` and `/api/orders`. */
export function ordersApi(book: OrderBook, sessions: Sessions, logger: Logger): Route {
  return async (message, response, path) => {
    const call = { message, response, book, sessions }
    try {
      if (path === '/api/session') return await session(call)
      const order = /^\/api\/orders(?:\/(\d{1,15})(\/restore)?)?$/.exec(path)
      if (order === null) return false
      const who = await sessions.personIn(message.headers.cookie)
      if (who === null) throw new OrderError('unauthorized', 'Sign in first: POST /api/session.')
      if (order[1] === undefined) return await orders(call, who)
      return await oneOrder(call, who, { id: Number(order[1]), isRestore: order[2] !== undefined })
    } catch (error) {
      if (!(error instanceof OrderError)) {
        logger.error('a request failed', { path, error })
        throw error
      }
      // What is not read of a body that is too large would keep the connection busy.
      if (error.code === 'too_large') response.setHeader('Connection', 'close')
      json(response, error.status, error)
      return true
    }
  }
}

async function session({ message, response, sessions }: Call): Promise<boolean> {
  if (message.method === 'GET') {
    const who = await sessions.personIn(message.headers.cookie)
    // No error: a page asks this to find out.
    json(response, 200, { session: who === null ? null : sessionOf(who), people: PEOPLE })
  } else if (message.method === 'POST') {
    const { user } = parse(signIn, await bodyOf(message))
    const person = personOf(user)
    if (person === undefined) {
      const known = PEOPLE.map(({ id }) => id).join(', ')
      throw new OrderError('invalid', `user: one of ${known}`, {
        fields: [{ field: 'user', message: `one of ${known}` }],
      })
    }
    response.setHeader('Set-Cookie', setCookie(await sessions.issue(person)))
    json(response, 200, { session: sessionOf(person), people: PEOPLE })
  } else if (message.method === 'DELETE') {
    response.setHeader('Set-Cookie', setCookie(null))
    json(response, 200, { session: null, people: PEOPLE })
  } else return false
  return true
}

async function orders({ message, response, book }: Call, who: Person): Promise<boolean> {
  if (message.method === 'GET') {
    const { searchParams } = new URL(message.url ?? '/', 'http://any')
    json(response, 200, book.list(parse(ordersQuery, Object.fromEntries(searchParams)), who))
  } else if (message.method === 'POST') {
    const { order, created } = book.create(parse(newOrder, await bodyOf(message)), who)
    json(response, created ? 201 : 200, order)
  } else return false
  return true
}

interface Which {
  readonly id: number
  readonly isRestore: boolean
}

async function oneOrder({ message, response, book }: Call, who: Person, { id, isRestore }: Which): Promise<boolean> {
  const { method } = message
  if (isRestore) {
    if (method !== 'POST') return false
    json(response, 200, book.restore(id, parse(versionOnly, await bodyOf(message)).version, who))
  } else if (method === 'GET') json(response, 200, book.get(id, who))
  else if (method === 'PATCH') {
    const { version, ...fields } = parse(patchOrder, await bodyOf(message))
    json(response, 200, book.change(id, { version, fields: given(fields) }, who))
  } else if (method === 'DELETE') {
    json(response, 200, book.delete(id, parse(versionOnly, await bodyOf(message)).version, who))
  } else return false
  return true
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

function given<T extends object>(fields: T): Given<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<T>
}

async function bodyOf(message: IncomingMessage): Promise<unknown> {
  // No form of another page can send this type, whatever the browser adds of cookies.
  if (!/^application\/json\b/i.test(message.headers['content-type'] ?? '')) {
    throw new OrderError('invalid', 'Send JSON: Content-Type: application/json.')
  }
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of message as AsyncIterable<Buffer>) {
    bytes += part.length
    if (bytes > MAX_BODY_BYTES) throw new OrderError('too_large', `A body has at most ${MAX_BODY_BYTES} bytes.`)
    parts.push(part)
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString('utf8'))
  } catch {
    throw new OrderError('invalid', 'The body is no JSON.')
  }
}
