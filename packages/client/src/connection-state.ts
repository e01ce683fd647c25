import type { GoodbyeReason, Hello, MonofilError } from '@monofil/protocol'
import type { BackoffSettings } from './backoff.ts'
import { again, carried, goodbye, hurry, lost, opened, refused, start, startAt, watch } from './connection-moves.ts'
import type { FailureReason } from './types.ts'

/** What every state carries. */
export interface Carried {
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
  /** `taken`: the hub had begun to answer, so the credential counts. */
  | {
      readonly type: 'lost'
      readonly generation: number
      readonly error: MonofilError
      readonly floorMs: number
      readonly taken?: boolean | undefined
    }
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
  /** The hub has taken a new credential for the open stream. */
  | { readonly type: 'renewed'; readonly generation: number; readonly expiresAt: string | null }
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
    renewed: stay,
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
    renewed: stay,
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
    renewed: (state, { expiresAt }) =>
      expiresAt === state.hello.expiresAt ? state : { ...state, hello: { ...state.hello, expiresAt } },
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
    renewed: stay,
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
    renewed: stay,
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
    renewed: stay,
    nudge: stay,
    tick: stay,
    close: stay,
  },
}
