import { type Gap, isTopic, MonofilError } from '@monofil/protocol'
import { envelopeJson, Feed, placeOf } from '../hub/index.ts'
import { STREAMS } from './about-streams.ts'
import type { RouteContext } from './context.ts'
import { pageOf, textOf } from './query.ts'
import { jsonText } from './reply.ts'
import { param } from './request.ts'
import type { Route } from './router.ts'

/** About how much of a log one answer holds. */
const PAGE_BYTES = 4 * 1024 * 1024

/** `GET /v1/topics/{topic}/events`: the log of a topic as a list. */
export function topicRoutes({ store, hub }: Pick<RouteContext, 'store' | 'hub'>): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/v1/topics/:topic/events',
      about: STREAMS.events,
      async handle(request) {
        const topic = param(request, 'topic', isTopic)
        const source = await hub.access.source(topic, request.principal)
        if (typeof source === 'string') throw new MonofilError(source, `The log of ${topic} is not there for you.`)
        if (!(source instanceof Feed)) throw new MonofilError('not_found', `Topic ${topic} is state: it has no log.`)
        const { limit } = pageOf(request.query)
        const { after, lost } = startOf(textOf(request.query, 'after', 64), store.epoch)
        const page = await store.log.read({ topic: source.log, after, limit, maxBytes: PAGE_BYTES })
        const beyond = lost ?? (after > page.head ? 'unknown_cursor' : undefined)
        const { events } =
          beyond === 'unknown_cursor' && after > 0
            ? await store.log.read({ topic: source.log, after: 0, limit, maxBytes: PAGE_BYTES })
            : page
        const gap = gapOf({ topic, epoch: store.epoch, after, oldest: page.oldest, lost: beyond })
        const last = events.at(-1)?.offset ?? page.head
        const nextCursor = last < page.head ? `"${store.epoch}:${last}"` : 'null'
        const gapText = gap === undefined ? '' : `,"gap":${JSON.stringify(gap)}`
        return jsonText(
          `{"items":[${events.map(envelopeJson).join(',')}],"nextCursor":${nextCursor},"oldestOffset":${page.oldest},"latestOffset":${page.head}${gapText}}`,
        )
      },
    },
  ]
}

function startOf(text: string | undefined, epoch: string): { after: number; lost: Gap['reason'] | undefined } {
  const place = placeOf(text)
  if (place === undefined || place === 'start') return { after: 0, lost: undefined }
  if (place === 'unknown') {
    throw new MonofilError('invalid_request', 'after is epoch:offset as an envelope has them, or 0.', {
      field: 'after',
    })
  }
  return place.epoch === epoch ? { after: place.offset, lost: undefined } : { after: 0, lost: 'epoch' }
}

function gapOf(place: {
  topic: string
  epoch: string
  after: number
  oldest: number
  lost: Gap['reason'] | undefined
}): Gap | undefined {
  const { topic, epoch, after, oldest, lost } = place
  if (lost !== undefined) return { topic, epoch, from: null, to: null, reason: lost }
  // Without a cursor nothing was asked for that is not there.
  if (after === 0 || oldest <= after + 1) return undefined
  return { topic, epoch, from: after + 1, to: oldest - 1, reason: 'retention' }
}
