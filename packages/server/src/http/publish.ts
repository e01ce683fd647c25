import { isId, isLabel, isReservedTopic, isTopic, MonofilError } from '@monofil/protocol'
import { type NewEvent, newEvent } from '@monofil/protocol/schemas'
import { can } from '../auth/index.ts'
import type { Principal } from '../seams/auth.ts'
import type { EphemeralEvent } from '../seams/bus.ts'
import type { Appended, NewLogEvent } from '../seams/store.ts'
import { STREAMS } from './about-streams.ts'
import type { RouteContext } from './context.ts'
import { parse, safely } from './parse.ts'
import { jsonText } from './reply.ts'
import type { Route } from './router.ts'

/** The most events of one request, and the most bytes of one event's data. */
const MAX_EVENTS = 1_000
const MAX_EVENT_BYTES = 256 * 1024

interface Asked {
  readonly topic: string
  readonly type: string
  readonly data: unknown
  readonly id?: string | undefined
  readonly ephemeral?: boolean | undefined
}

type Publishing = Pick<RouteContext, 'store' | 'bus' | 'clock'>

/** `POST /v1/publish`: one event or a batch, answered after the commit. */
export function publishRoutes(publishing: Publishing): readonly Route[] {
  return [
    {
      method: 'POST',
      path: '/v1/publish',
      isPublish: true,
      about: STREAMS.publish,
      async handle(request) {
        const { events, fields } = eventsOf(await request.json())
        const encoded = events.map((event, index) => encode(event, fields(index), request.principal))
        return jsonText(answerText(events, await publishAll(publishing, events, encoded)))
      },
    },
  ]
}

/** Where an event that was published is; `epoch` and `offset` are null for an ephemeral one. */
export interface Published extends Pick<Appended, 'topic'> {
  readonly epoch: string | null
  readonly offset: number | null
  /** The id was known: it was not published again. */
  readonly duplicate: boolean
}

/**
 * Publishes for server code, which may write every topic but those with a meaning of their own: all or none, in this
 * order, answered after the commit.
 * @throws `invalid_request` with the field, `forbidden` for a reserved topic, `too_large`, `store_unavailable`.
 */
export async function publishEvents(
  publishing: Publishing,
  given: NewEvent | readonly NewEvent[],
): Promise<readonly Published[]> {
  const { events, fields } = eventsOf('topic' in given ? given : { events: given })
  const encoded = events.map((event, index) => encode(event, fields(index), SERVER))
  const appended = (await publishAll(publishing, events, encoded)).values()
  return events.map(({ topic, ephemeral }) =>
    ephemeral === true ? { topic, epoch: null, offset: null, duplicate: false } : (appended.next().value as Appended),
  )
}

/** The code that serves the hub. */
const SERVER: Principal = { sub: 'monofil', roles: [], topics: [], publish: ['*'], expiresAtMs: null }

/** Appends what is durable and sends off what is not; answers the first. */
async function publishAll(
  { store, bus, clock }: Publishing,
  events: readonly Asked[],
  encoded: readonly NewLogEvent[],
): Promise<readonly Appended[]> {
  const durable = encoded.filter((_, index) => events[index]?.ephemeral !== true)
  const appended = durable.length === 0 ? [] : await store.log.append(durable)
  if (durable.length < events.length) {
    const at = new Date(clock.now()).toISOString()
    const ephemeral = encoded.filter((_, index) => events[index]?.ephemeral === true)
    bus.publish({ kind: 'ephemeral', events: ephemeral.map((event) => ephemeralOf(event, at)) })
  }
  return appended
}

function ephemeralOf({ topic, type, dataJson }: NewLogEvent, at: string): EphemeralEvent {
  return { topic, type, dataJson, at }
}

/** The events of a body, and the path of each of them for messages. */
function eventsOf(body: unknown): { events: readonly Asked[]; fields: (index: number) => string } {
  if (!isObject(body) || !('events' in body)) return { events: [asked(body, '')], fields: () => '' }
  const extra = Object.keys(body).find((key) => key !== 'events')
  if (extra !== undefined) throw new MonofilError('invalid_request', `${extra}: unknown field`, { field: extra })
  const { events } = body
  if (!Array.isArray(events) || events.length === 0 || events.length > MAX_EVENTS) {
    throw new MonofilError('invalid_request', `events: a list of 1 to ${MAX_EVENTS} events`, { field: 'events' })
  }
  const fields = (index: number) => `events[${index}].`
  return { events: events.map((event, index) => asked(event, fields(index))), fields }
}

// The schema costs more than the commit: what a guard finds well formed does not go through it. What the guard turns
// down does, for the message; a test holds the two together.
function asked(event: unknown, field: string): Asked {
  if (isNewEvent(event)) return event
  try {
    return parse(newEvent, event) as Asked
  } catch (error) {
    if (!MonofilError.is(error) || field === '') throw error
    const path = error.details.field
    const where = path === undefined || path === '' ? field.slice(0, -1) : field + path
    throw new MonofilError(error.code, `${where}: ${error.message.replace(/^[^:]*: /, '')}`, { field: where })
  }
}

const FIELDS: ReadonlySet<string> = new Set(['topic', 'type', 'data', 'id', 'ephemeral'])

/** Whether this is an event to publish: the same as the schema `newEvent` for what JSON can hold. */
export function isNewEvent(event: unknown): event is Asked {
  if (!isObject(event)) return false
  for (const key of Object.keys(event)) if (!FIELDS.has(key)) return false
  return (
    isTopic(event['topic']) &&
    isLabel(event['type']) &&
    event['data'] !== undefined &&
    (event['id'] === undefined || isId(event['id'])) &&
    (event['ephemeral'] === undefined || typeof event['ephemeral'] === 'boolean')
  )
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function encode({ topic, type, data, id }: Asked, field: string, principal: Principal): NewLogEvent {
  if (!can(principal, 'topic.publish', topic)) {
    const why = isReservedTopic(topic) ? 'it has a meaning of its own' : 'no grant covers it'
    throw new MonofilError('forbidden', `Topic ${topic} cannot be published to: ${why}.`, { field: `${field}topic` })
  }
  // What came as JSON can be written again; server code may hand over what JSON has no word for.
  const dataJson: string | undefined = safely(() => JSON.stringify(data))
  if (dataJson === undefined) {
    throw new MonofilError('invalid_request', `${field}data: what JSON can hold`, { field: `${field}data` })
  }
  // Three bytes is the most a UTF-16 unit takes, so most events need no counting.
  if (dataJson.length * 3 > MAX_EVENT_BYTES && Buffer.byteLength(dataJson) > MAX_EVENT_BYTES) {
    throw new MonofilError('too_large', `The data of an event is at most ${MAX_EVENT_BYTES} bytes.`, {
      field: `${field}data`,
    })
  }
  return id === undefined ? { topic, type, dataJson } : { topic, type, dataJson, id }
}

function answerText(events: readonly Asked[], appended: readonly Appended[]): string {
  let next = 0
  const places = events.map(({ topic, ephemeral }) => {
    if (ephemeral === true) return `{"topic":"${topic}","epoch":null,"offset":null}`
    const { epoch, offset, duplicate } = appended[next++] as Appended
    return `{"topic":"${topic}","epoch":"${epoch}","offset":${offset}${duplicate ? ',"duplicate":true' : ''}}`
  })
  return `{"events":[${places.join(',')}]}`
}
