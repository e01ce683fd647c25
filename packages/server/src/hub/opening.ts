import {
  type Denied,
  encodeSse,
  type Hello,
  MonofilError,
  type SubscriptionAnswer,
  topicOfRun,
} from '@monofil/protocol'
import type { Principal } from '../seams/auth.ts'
import { type Access, answer, begin, type Start, type Wanted } from './access.ts'
import type { CatchUp } from './catch-up.ts'
import { Connection, type ConnectionFacts, type ConnectionHost, type ConnectionKind, type Sink } from './connection.ts'
import { controlText } from './control.ts'
import { type Place, ticketId } from './event-id.ts'
import { Feed } from './feed.ts'
import { ENVELOPE, ENVELOPE_WITH_ID, RUN_STREAM, RUN_STREAM_BARE } from './frames.ts'
import { expiryOf } from './patching.ts'

/** A stream somebody asks for. */
export interface OpenRequest {
  readonly kind: 'post' | 'get'
  readonly principal: Principal
  readonly address: string
  readonly topics: readonly Wanted[]
  /** Left out: the hub makes one, and nothing is replaced. */
  readonly marker?: string | undefined
  /** GET: the `Last-Event-ID` as it came. */
  readonly givenId?: string | undefined
  /** GET: an EventSource that had a stream before, for it sends the id itself. */
  readonly comesBack?: boolean | undefined
}

/** A run's own stream somebody asks for. */
export interface OpenRunRequest {
  readonly principal: Principal
  readonly address: string
  readonly runId: string
  readonly place: Place
  readonly givenId?: string | undefined
  readonly comesBack?: boolean | undefined
}

/** A stream that may begin: nothing was written yet and nothing is held, so it can also be let go. */
export interface Opening {
  readonly connection: string
  readonly denied: readonly Denied[]
  /** How many topics were granted. */
  readonly granted: number
  /** True: a GET stream of nothing but finished runs that the reader has had all of. */
  readonly isOver: boolean
  start(sink: Sink): Connection
}

export interface OpeningHost extends ConnectionHost {
  readonly access: Access
  readonly catchUp: CatchUp
  readonly node: string
  newId(prefix: string): string
  wallNow(): number
  /** Milliseconds for `retry:`, with jitter. */
  retryMs(): number
  added(connection: Connection): void
}

/** Judges the topics of a stream before anything is written, so that a refusal can still be a plain answer. */
export async function openStream(host: OpeningHost, request: OpenRequest): Promise<Opening> {
  const { principal, kind } = request
  const limit = kind === 'get' ? host.settings.maxTopicsGet : host.settings.maxTopics
  const unique = [...new Map(request.topics.map((wanted) => [wanted.topic, wanted])).values()]
  const judged = await Promise.all(unique.slice(0, limit).map((wanted) => host.access.judge(wanted, principal)))
  const starts = new Map<string, Start>()
  const denied: Denied[] = []
  unique.forEach(({ topic }, index) => {
    const verdict = judged[index] ?? { denied: 'too_many_topics' as const }
    if ('start' in verdict) starts.set(topic, verdict.start)
    else denied.push({ topic, code: verdict.denied })
  })
  const connection = host.newId('c')
  return {
    connection,
    denied,
    granted: starts.size,
    isOver: false,
    start(sink) {
      const facts = factsOf(host, request, { connection, kind })
      return startStream(host, new Connection(host, facts, sink), { starts, denied, topics: request.topics })
    },
  }
}

/** @throws `not_found` for a run that does not exist or may not be seen. */
export async function openRunStream(host: OpeningHost, request: OpenRunRequest): Promise<Opening> {
  const topic = topicOfRun(request.runId)
  const verdict = await host.access.judge({ topic, place: request.place }, request.principal)
  if ('denied' in verdict || !(verdict.start.source instanceof Feed)) {
    throw new MonofilError('not_found', `There is no run ${request.runId}, or it is not yours to see.`)
  }
  const { start } = verdict
  const feed = verdict.start.source
  const end = feed.isFinished && start.from !== undefined ? await host.catchUp.endOf(feed) : 0
  const connection = host.newId('c')
  return {
    connection,
    denied: [],
    granted: 1,
    isOver: end > 0 && start.from !== undefined && start.from >= end,
    start(sink) {
      const opened = new Connection(host, factsOf(host, request, { connection, kind: 'run' }), sink)
      host.added(opened)
      const { ticket } = request.principal
      const first = ticket === undefined ? {} : { id: ticket.sign(ticketId(request.givenId)) }
      opened.write(encodeSse({ retry: host.retryMs(), ...first }))
      const sub = begin(opened, start, ticket === undefined ? RUN_STREAM : RUN_STREAM_BARE)
      const progress = start.needsSnapshot ? undefined : feed.stateText(RUN_STREAM)
      if (progress !== undefined) {
        opened.write(progress)
        sub.stateNo = feed.stateNo
      }
      opened.pump()
      return opened
    },
  }
}

function factsOf(
  host: OpeningHost,
  request: { principal: Principal; address: string; marker?: string | undefined; givenId?: string | undefined },
  { connection, kind }: { connection: string; kind: ConnectionKind },
): ConnectionFacts {
  return {
    id: connection,
    marker: request.marker ?? host.newId('m'),
    kind,
    principal: request.principal,
    address: request.address,
    openedAt: host.wallNow(),
    givenId: request.givenId,
  }
}

function startStream(
  host: OpeningHost,
  connection: Connection,
  {
    starts,
    denied,
    topics,
  }: { starts: ReadonlyMap<string, Start>; denied: readonly Denied[]; topics: readonly Wanted[] },
): Connection {
  const { kind, marker, id, principal } = connection.facts
  const { ticket } = principal
  const dialect = kind === 'get' && topics.length === 1 && ticket === undefined ? ENVELOPE_WITH_ID : ENVELOPE
  const answers: SubscriptionAnswer[] = []
  for (const start of starts.values()) {
    begin(connection, start, dialect)
    answers.push(answer(start, host.epoch))
  }
  if (kind === 'get') {
    connection.slots = topics.map(({ topic }) => connection.subs.find((sub) => sub.source.topic === topic))
  }
  const hello: Hello = {
    connection: id,
    marker,
    node: host.node,
    heartbeatMs: host.settings.heartbeatMs,
    expiresAt: expiryOf(principal),
    topics: answers,
    denied,
  }
  const firstId = kind === 'get' ? firstIdOf(connection) : undefined
  host.added(connection)
  connection.write(
    controlText('hello', hello, { retry: host.retryMs(), ...(firstId === undefined ? {} : { id: firstId }) }),
  )
  connection.pump()
  return connection
}

/**
 * The id of a GET stream's `hello`: the places it starts from, never the head. While one of them is not held any
 * more the reader's own id stays true, until the gap was told; what it sent is echoed only if it is one of ours.
 */
function firstIdOf(connection: Connection): string | undefined {
  const places = connection.placesId()
  const { ticket } = connection.facts.principal
  if (ticket !== undefined) return ticket.sign(places ?? ticketId(connection.facts.givenId))
  if (places !== undefined) return places
  const given = connection.facts.givenId?.split(';')[0]
  return given !== undefined && /^[a-z0-9]{8,16}:[-\d,]+$/.test(given) ? given : undefined
}
