import type { GoodbyeReason, Hello, MonofilError } from '@monofil/protocol'
import { type BackoffSettings, backoffDelay } from './backoff.ts'
import type { FailureReason } from './types.ts'

/** What every state carries. */
interface Carried {
  /** Grows with each attempt; news of another generation is ignored. */
  readonly generation: number
  /** Failed attempts in a row. */
  readonly attempts: number
  readonly tries: number
  readonly connects: number
  /** The stream's last `retry:`; 0 for none. */
  readonly retryMs: number
  /** The next attempt needs another credential than the last one had. */
  readonly renew: boolean
  readonly error: MonofilError | null
  readonly errorAt: number | null
  readonly behindSince: number | null
}

export type ConnectionState = Carried &
  (
    | { readonly status: 'idle' }
    | { readonly status: 'connecting'; readonly silenceMs: number }
    | {
        readonly status: 'open'
        readonly silenceMs: number
        readonly openSince: number
        /** When the backoff is forgotten; null once it is. */
        readonly stableAt: number | null
        readonly hello: Hello
      }
    | { readonly status: 'waiting'; readonly retryAt: number; readonly failedAt: number; readonly floorAt: number }
    | { readonly status: 'failed'; readonly reason: FailureReason }
    | { readonly status: 'closed' }
  )

type Status = ConnectionState['status']
type In<S extends Status> = Extract<ConnectionState, { status: S }>

/** What happens to a connection. */
export type ConnectionInput =
  /** Something wants a stream, or nothing does any more. */
  | { readonly type: 'want' }
  | { readonly type: 'unwant' }
  /** A person asks for an attempt now. */
  | { readonly type: 'force' }
  /** A stream that is open or coming must be replaced. */
  | { readonly type: 'restart' }
  | { readonly type: 'hello'; readonly generation: number; readonly hello: Hello }
  | { readonly type: 'retry'; readonly generation: number; readonly ms: number }
  | { readonly type: 'lost'; readonly generation: number; readonly error: MonofilError; readonly floorMs: number }
  | {
      readonly type: 'refused'
      readonly generation: number
      readonly error: MonofilError
      readonly reason: FailureReason
    }
  | {
      readonly type: 'goodbye'
      readonly generation: number
      readonly reason: GoodbyeReason
      readonly reconnectMs: number | null
      readonly error: MonofilError
    }
  /** The page came back: visible, online, restored. */
  | { readonly type: 'nudge' }
  | { readonly type: 'tick' }
  | { readonly type: 'close' }

type Input<T extends ConnectionInput['type']> = Extract<ConnectionInput, { type: T }>

/** What a transition may look at beside state and input. */
export interface ConnectionWorld {
  readonly now: number
  /** When the last byte came, or the attempt began. */
  readonly lastByteAt: number
  readonly wanted: boolean
  readonly random: () => number
  readonly settings: ConnectionSettings
  readonly silentError: () => MonofilError
}

export interface ConnectionSettings {
  readonly backoff: BackoffSettings
  readonly reconnect: boolean
  readonly maxAttempts: number
  /** Null: three of the hub's heartbeats. */
  readonly silenceMs: number | null
  /** Whether another credential may be had by asking. */
  readonly renewable: boolean
}

/**
 * A hub sends a `retry:` of about two seconds to every reader, for EventSource, which has no backoff: up to three of
 * our first waits it says nothing that ours does not do better. Above, it is a demand for patience.
 */
const IMPATIENT = 3
/** Before the hub has told its heartbeat. */
const SILENCE_MS = 45_000

export const INITIAL: ConnectionState = {
  status: 'idle',
  generation: 0,
  attempts: 0,
  tries: 0,
  connects: 0,
  retryMs: 0,
  renew: false,
  error: null,
  errorAt: null,
  behindSince: null,
}

/** The generation of the stream that must exist in this state, or null: what runs is derived from it. */
export function liveGeneration(state: ConnectionState): number | null {
  return state.status === 'connecting' || state.status === 'open' ? state.generation : null
}

/** When `tick` must come at the latest, or null. */
export function connectionDeadline(state: ConnectionState, lastByteAt: number): number | null {
  switch (state.status) {
    case 'connecting':
      return lastByteAt + state.silenceMs
    case 'open':
      return Math.min(lastByteAt + state.silenceMs, state.stableAt ?? Number.POSITIVE_INFINITY)
    case 'waiting':
      return state.retryAt
    default:
      return null
  }
}

/** The state that follows; the same object when nothing changes. */
export function nextConnection(
  state: ConnectionState,
  input: ConnectionInput,
  world: ConnectionWorld,
): ConnectionState {
  if ('generation' in input && input.generation !== liveGeneration(state)) return state
  const transition = TABLE[state.status][input.type] as Transition<Status, ConnectionInput['type']>
  return transition(state, input, world)
}

type Transition<S extends Status, T extends ConnectionInput['type']> = (
  state: In<S>,
  input: Input<T>,
  world: ConnectionWorld,
) => ConnectionState

type Row<S extends Status> = { readonly [T in ConnectionInput['type']]: Transition<S, T> }

const stay = (state: ConnectionState) => state
const close = (state: ConnectionState): ConnectionState => ({ ...carried(state), status: 'closed', behindSince: null })
const rest = (state: ConnectionState): ConnectionState => ({ ...carried(state), status: 'idle', behindSince: null })

/** Every state with every input. News of streams that are not this one's never comes here. */
const TABLE: { readonly [S in Status]: Row<S> } = {
  idle: {
    want: start,
    unwant: stay,
    force: start,
    restart: (state, _, world) => (world.wanted ? start(state, _, world) : state),
    hello: stay,
    retry: stay,
    lost: stay,
    refused: stay,
    goodbye: stay,
    nudge: stay,
    tick: stay,
    close,
  },
  connecting: {
    want: stay,
    unwant: rest,
    force: stay,
    restart: start,
    hello: opened,
    retry: (state, { ms }) => ({ ...state, retryMs: ms }),
    lost,
    refused,
    goodbye,
    nudge: stay,
    tick: (state, _, world) => watch(state, state.silenceMs, world),
    close,
  },
  open: {
    want: stay,
    unwant: rest,
    force: stay,
    restart: start,
    hello: stay,
    retry: (state, { ms }) => (state.retryMs === ms ? state : { ...state, retryMs: ms }),
    lost,
    refused,
    goodbye,
    // A network that changed gives no error on the old socket; more than a heartbeat of silence is enough suspicion.
    nudge: (state, _, world) => watch(state, state.silenceMs / 2, world),
    tick(state, _, world) {
      const watched = watch(state, state.silenceMs, world)
      if (watched !== state || state.stableAt === null || world.now < state.stableAt) return watched
      return { ...state, attempts: 0, stableAt: null }
    },
    close,
  },
  waiting: {
    want: stay,
    unwant: rest,
    force: hurry,
    restart: hurry,
    hello: stay,
    retry: stay,
    lost: stay,
    refused: stay,
    goodbye: stay,
    nudge: (state, _, world) => startAt(state, state.floorAt, world),
    tick: (state, _, world) => (world.now < state.retryAt ? state : start(state, _, world)),
    close,
  },
  failed: {
    want: stay,
    unwant: stay,
    force: again,
    restart: again,
    hello: stay,
    retry: stay,
    lost: stay,
    refused: stay,
    goodbye: stay,
    nudge: stay,
    tick: stay,
    close,
  },
  closed: {
    want: stay,
    unwant: stay,
    force: stay,
    restart: stay,
    hello: stay,
    retry: stay,
    lost: stay,
    refused: stay,
    goodbye: stay,
    nudge: stay,
    tick: stay,
    close: stay,
  },
}

function carried(state: ConnectionState): Carried {
  const { generation, attempts, tries, connects, retryMs, renew, error, errorAt, behindSince } = state
  return { generation, attempts, tries, connects, retryMs, renew, error, errorAt, behindSince }
}

function start(state: ConnectionState, _: unknown, world: ConnectionWorld): ConnectionState {
  return {
    ...carried(state),
    status: 'connecting',
    generation: state.generation + 1,
    tries: state.tries + 1,
    silenceMs: world.settings.silenceMs ?? SILENCE_MS,
    behindSince: state.behindSince ?? world.now,
  }
}

function opened(state: In<'connecting'>, { hello }: Input<'hello'>, world: ConnectionWorld): ConnectionState {
  const { silenceMs, backoff } = world.settings
  return {
    ...carried(state),
    status: 'open',
    connects: state.connects + 1,
    renew: false,
    behindSince: null,
    silenceMs: silenceMs ?? (hello.heartbeatMs > 0 ? hello.heartbeatMs * 3 : SILENCE_MS),
    openSince: world.now,
    stableAt: world.now + backoff.stableMs,
    hello,
  }
}

function watch(state: In<'connecting' | 'open'>, limitMs: number, world: ConnectionWorld): ConnectionState {
  if (world.now - world.lastByteAt < limitMs) return state
  return retryLater(state, world.silentError(), 0, world)
}

function lost(state: In<'connecting' | 'open'>, input: Input<'lost'>, world: ConnectionWorld): ConnectionState {
  return retryLater(state, input.error, input.floorMs, world)
}

/** The one place where an attempt is scheduled, and where the client gives up. */
function retryLater(
  state: In<'connecting' | 'open'>,
  error: MonofilError,
  floorMs: number,
  world: ConnectionWorld,
): ConnectionState {
  const { settings, now, random } = world
  // A tick may be late, as after sleep: a stream that was open for long enough was stable all the same.
  const stable = state.status === 'open' && now - state.openSince >= settings.backoff.stableMs
  const attempts = (stable ? 0 : state.attempts) + 1
  const noted = { ...carried(state), attempts, error, errorAt: now, behindSince: state.behindSince ?? now }
  if (!world.wanted) return { ...noted, status: 'idle', behindSince: null }
  if (!settings.reconnect) return { ...noted, status: 'failed', reason: 'reconnect_off' }
  if (attempts >= settings.maxAttempts) return { ...noted, status: 'failed', reason: 'max_attempts' }
  const floor = Math.max(floorMs, state.retryMs > settings.backoff.baseMs * IMPATIENT ? state.retryMs : 0)
  const retryAt = now + backoffDelay(attempts, floor, random, settings.backoff)
  return { ...noted, status: 'waiting', retryAt, failedAt: now, floorAt: Math.min(retryAt, now + floor) }
}

function fail(state: ConnectionState, error: MonofilError, reason: FailureReason, now: number): ConnectionState {
  const behindSince = state.behindSince ?? now
  return { ...carried(state), attempts: state.attempts + 1, status: 'failed', reason, error, errorAt: now, behindSince }
}

/** A final answer, unless another credential may change it: that is asked for once. */
function refused(state: In<'connecting' | 'open'>, input: Input<'refused'>, world: ConnectionWorld): ConnectionState {
  const credential = input.reason === 'unauthorized' || input.reason === 'token_expired'
  if (!credential) return fail(state, input.error, input.reason, world.now)
  return renew(state, input.error, input.reason, world)
}

function goodbye(state: In<'connecting' | 'open'>, input: Input<'goodbye'>, world: ConnectionWorld): ConnectionState {
  switch (input.reason) {
    case 'drain':
    case 'slow':
    case 'lifetime':
    case 'internal':
      // Its `retry:` repeats `reconnectMs` for EventSource: it is meant for this one return, not for those that fail.
      return retryLater({ ...state, retryMs: 0 }, input.error, input.reconnectMs ?? 0, world)
    case 'expired':
    case 'revoked':
      return renew(state, input.error, input.reason, world)
    default:
      return fail(state, input.error, input.reason, world.now)
  }
}

function renew(
  state: In<'connecting' | 'open'>,
  error: MonofilError,
  reason: FailureReason,
  world: ConnectionWorld,
): ConnectionState {
  if (state.renew || !world.settings.renewable) return fail(state, error, reason, world.now)
  return { ...retryLater(state, error, 0, world), renew: true }
}

/** Now, but for the shortest wait, so that an application that forces in a loop does not turn into a storm. */
function hurry(state: In<'waiting'>, _: unknown, world: ConnectionWorld): ConnectionState {
  return startAt(state, state.failedAt + world.settings.backoff.minMs, world)
}

function startAt(state: In<'waiting'>, floorAt: number, world: ConnectionWorld): ConnectionState {
  const earliest = Math.max(floorAt, state.failedAt + world.settings.backoff.minMs)
  if (world.now >= earliest) return start(state, undefined, world)
  return earliest >= state.retryAt ? state : { ...state, retryAt: earliest }
}

function again(state: In<'failed'>, _: unknown, world: ConnectionWorld): ConnectionState {
  const failedAt = state.errorAt ?? 0
  const waiting = { ...carried(state), attempts: 0, renew: false } as const
  const retryAt = failedAt + world.settings.backoff.minMs
  return startAt({ ...waiting, status: 'waiting', retryAt, failedAt, floorAt: failedAt }, retryAt, world)
}
