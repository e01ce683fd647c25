import { encodeSse, isId, MonofilError, TITLES } from '@monofil/protocol'
import { openStream, patchStream } from '@monofil/protocol/schemas'
import { type Opening, parseEventId, placeOf, ticketId } from '../hub/index.ts'
import { STREAMS } from './about-streams.ts'
import type { RouteContext } from './context.ts'
import { parse } from './parse.ts'
import { json, noContent, type Reply, type StreamReply } from './reply.ts'
import { accepts, type Request } from './request.ts'
import type { Route } from './router.ts'

const EVENT_STREAM = 'text/event-stream'
const STREAM_HEADERS = [
  'Content-Type',
  EVENT_STREAM,
  'Cache-Control',
  'no-cache, no-transform',
  'X-Accel-Buffering',
  'no',
  'X-Content-Type-Options',
  'nosniff',
]

/** What streams are made with. */
export type StreamContext = Pick<RouteContext, 'hub' | 'logger'>

/** The one stream (protocol 3): for Monofil's client, for native EventSource, and changes of an open one. */
export function streamRoutes(context: StreamContext): readonly Route[] {
  const { hub } = context
  return [
    { method: 'POST', path: '/v1/stream', about: STREAMS.post, handle: (request) => postStream(context, request) },
    {
      method: 'GET',
      path: '/v1/stream',
      about: STREAMS.get,
      passing: (error) => passing(context, error),
      handle: (request) => getStream(context, request),
    },
    {
      method: 'PATCH',
      path: '/v1/stream/:connection',
      about: STREAMS.patch,
      async handle(request) {
        const id = request.params['connection']
        if (!isId(id)) throw new MonofilError('unknown_connection', 'No such stream is open here: open a new one.')
        return json(await hub.patch(id, request.principal, parse(patchStream, await request.json())))
      },
    },
  ]
}

/** A stream that may begin, as an answer. */
export function streamReply(context: StreamContext, opening: Opening): StreamReply {
  const headers = [...STREAM_HEADERS, 'Monofil-Connection', opening.connection, 'Monofil-Node', context.hub.node]
  return { status: 200, headers, start: (sink) => opening.start(sink) }
}

/** @throws `not_acceptable` when the reader does not take event streams. */
export function wantsStream(request: Request): void {
  if (!accepts(request, EVENT_STREAM)) {
    throw new MonofilError('not_acceptable', `This answers ${EVENT_STREAM}: send it in Accept.`)
  }
}

async function postStream(context: StreamContext, request: Request): Promise<Reply> {
  wantsStream(request)
  const body = parse(openStream, await request.json())
  const topics = body.topics.map(({ topic, cursor }) => ({ topic, place: placeOf(cursor) }))
  const { principal, address } = request
  const opening = await context.hub.open({ kind: 'post', principal, address, topics, marker: body.marker })
  return streamReply(context, opening)
}

async function getStream(context: StreamContext, request: Request): Promise<Reply> {
  wantsStream(request)
  const topics = request.query.getAll('topics')
  const { maxTopicsGet } = context.hub.settings
  if (topics.length === 0 || topics.length > maxTopicsGet) {
    const words = `topics is given once for each topic, 1 to ${maxTopicsGet} times.`
    throw new MonofilError('invalid_request', words, { field: 'topics' })
  }
  const givenId = lastEventId(request)
  const { places, ended } = parseEventId(givenId ?? '-', topics.length)
  if (ended === 'kicked' || ended === 'replaced' || ended === 'finished') return noContent()
  try {
    const opening = await context.hub.open({
      kind: 'get',
      principal: request.principal,
      address: request.address,
      topics: topics.map((topic, index) => ({ topic, place: places[index] })),
      givenId,
      comesBack: comesBack(request),
    })
    if (opening.granted > 0) return streamReply(context, opening)
    const code = opening.denied[0]?.code ?? 'not_found'
    throw new MonofilError(code, `None of these topics can be read: ${TITLES[code].toLowerCase()}.`)
  } catch (error) {
    return passing(context, error, request)
  }
}

/** The reader's place: `Last-Event-ID`, or for a first connect `?lastEventId=`. */
export function lastEventId(request: Request): string | undefined {
  const header = request.header('last-event-id')
  const id = header !== undefined && header !== '' ? header : (request.query.get('lastEventId') ?? undefined)
  // What follows is a ticket's signature. Where none is asked for, a place is a place.
  return id?.split('~', 1)[0]
}

/** Whether this is an EventSource that had a stream before: the first request of one has no id of its own. */
export function comesBack(request: Request): boolean {
  return (request.header('last-event-id') ?? '') !== ''
}

/**
 * A native EventSource gives up for good on any status but 200: a refusal that will pass is a stream that says so.
 * It has no id, so the reader keeps its place, but where a ticket was just used: without one it would be lost.
 */
export function passing({ hub, logger }: StreamContext, error: unknown, request?: Request): StreamReply {
  if (MonofilError.is(error) && !error.retryable) throw error
  const code = MonofilError.is(error) ? error.code : 'internal'
  if (code === 'internal') logger.error('a stream could not begin', { error })
  const retryAfterMs = MonofilError.is(error) ? error.details.retryAfterMs : undefined
  const reconnectMs = retryAfterMs ?? hub.reconnectMs('internal') ?? hub.settings.retryMs
  const connection = hub.newId('c')
  const hello = {
    connection,
    marker: '',
    node: hub.node,
    heartbeatMs: hub.settings.heartbeatMs,
    expiresAt: null,
    topics: [],
    denied: [],
  }
  const goodbye = { reason: code === 'draining' ? 'drain' : 'internal', reconnectMs }
  const text =
    encodeSse({ event: 'hello', data: JSON.stringify(hello), retry: reconnectMs, ...keptId(request) }) +
    encodeSse({ event: 'goodbye', data: JSON.stringify(goodbye), retry: reconnectMs })
  return {
    status: 200,
    headers: [...STREAM_HEADERS, 'Monofil-Connection', connection, 'Monofil-Node', hub.node],
    start(sink) {
      sink.write(Buffer.from(text))
      sink.destroySoon()
      return undefined
    },
  }
}

function keptId(request: Request | undefined): { id?: string } {
  const ticket = request?.principal.ticket
  if (request === undefined || ticket === undefined || comesBack(request)) return {}
  return { id: ticket.sign(ticketId(lastEventId(request))) }
}
