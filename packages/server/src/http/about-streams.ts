import { type About, LAST_EVENT_ID, PAGE, query } from './about.ts'

const STREAM = {
  description: 'An event stream: control events by name, log events unnamed.',
  type: 'text/event-stream',
} as const
const EACH_TOPIC =
  'Each topic by itself: application topics a `topics` pattern, `run:{id}` reads the run, `runs` and `status` none'

/** The one stream, and what is published on it. */
export const STREAMS = {
  post: {
    id: 'openStream',
    tag: 'Streams',
    summary: "The one stream, for Monofil's client",
    right: EACH_TOPIC,
    body: 'OpenStream',
    answers: { 200: STREAM },
    errors: ['not_acceptable', 'too_many_connections', 'draining', 'store_unavailable'],
  },
  get: {
    id: 'openEventSource',
    tag: 'Streams',
    summary: 'The one stream, for native EventSource',
    right: `${EACH_TOPIC}; all denied is a status`,
    parameters: [
      {
        ...query('topics', 'Once for each topic.', {
          type: 'array',
          items: { $ref: '#/components/schemas/Topic' },
          minItems: 1,
          maxItems: 32,
        }),
        required: true,
      },
      query('lastEventId', 'As `Last-Event-ID`, for a first connect.', { type: 'string', maxLength: 1024 }),
      LAST_EVENT_ID,
    ],
    answers: {
      200: STREAM,
      204: { description: 'Do not come back: the stream was kicked, replaced or is finished.' },
    },
    errors: ['invalid_request', 'not_found', 'not_acceptable'],
  },
  patch: {
    id: 'patchStream',
    tag: 'Streams',
    summary: 'Change the topics of an open stream, or renew its credential',
    right: 'The user who opened it',
    body: 'PatchStream',
    answers: { 200: { description: 'What is new, and what was denied.', schema: 'PatchAnswer' } },
    errors: ['unknown_connection', 'out_of_order', 'invalid_state', 'store_unavailable'],
  },
  publish: {
    id: 'publish',
    tag: 'Topics',
    summary: 'Publish one event or a batch, answered after the commit',
    right: 'A `publish` pattern for each topic; topics with a meaning are refused',
    body: 'Publish',
    answers: { 200: { description: 'The place of each, in the order given.', schema: 'Published' } },
    errors: ['store_unavailable'],
  },
  events: {
    id: 'listEvents',
    tag: 'Topics',
    summary: 'The log of a topic as a list',
    right: 'As the topic on a stream',
    parameters: [
      ...PAGE.filter(({ name }) => name === 'limit'),
      query('after', '`epoch:offset`, or `0` for the first event.', { type: 'string', maxLength: 64 }),
    ],
    answers: { 200: { description: 'Envelopes, ascending.', schema: 'EventList' } },
    errors: ['invalid_request', 'not_found', 'store_unavailable'],
  },
} as const satisfies Readonly<Record<string, About>>
