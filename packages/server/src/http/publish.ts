import { isId, isLabel, isReservedTopic, isTopic, MonofilError } from '@monofil/protocol'
import { newEvent } from '@monofil/protocol/schemas'
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

/** `POST /v1/publish`: one event or a batch, answered after the commit. */
export function publishRoutes({ store, bus, clock }: Pick<RouteContext, 'store' | 'bus' | 'clock'>): readonly Route[] {
  return [
    {
      method: 'POST',
      path: '/v1/publish',
      isPublish: true,
      about: STREAMS.publish,
      async handle(request) {
        const { events, fields } = eventsOf(await request.json())
        const encoded = events.map((event, index) => encode(event, fields(index), request.principal))
        const durable = encoded.filter((_, index) => events[index]?.ephemeral !== true)
        const appended = durable.length === 0 ? [] : await store.log.append(durable)
        if (durable.length < events.length) {
          const at = new Date(clock.now()).toISOString()
          const ephemeral = encoded.filter((_, index) => events[index]?.ephemeral === true)
          bus.publish({ kind: 'ephemeral', events: ephemeral.map((event) => ephemeralOf(event, at)) })
        }
        return jsonText(answerText(events, appended))
      },
    },
  ]
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
  const dataJson = safely(() => JSON.stringify(data))
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
