import type { MonofilError } from '@monofil/protocol'
import { backoffDelay } from './backoff.ts'
import type { Carried, ConnectionInput, ConnectionState, ConnectionWorld } from './connection-state.ts'
import type { FailureReason } from './types.ts'

type In<S extends ConnectionState['status']> = Extract<ConnectionState, { status: S }>
type Input<T extends ConnectionInput['type']> = Extract<ConnectionInput, { type: T }>

/**
 * A hub sends a `retry:` of about two seconds to every reader, for EventSource, which has no backoff: up to three of
 * our first waits it says nothing that ours does not do better. Above, it is a demand for patience.
 */
const IMPATIENT = 3
/** Before the hub has told its heartbeat. */
const SILENCE_MS = 45_000

/** What every state carries, of this one. */
export function carried(state: ConnectionState): Carried {
  const { generation, attempts, tries, connects, retryMs, renew, error, errorAt, behindSince } = state
  return { generation, attempts, tries, connects, retryMs, renew, error, errorAt, behindSince }
}

/** An attempt, with a generation of its own. */
export function start(state: ConnectionState, _: unknown, world: ConnectionWorld): ConnectionState {
  return {
    ...carried(state),
    status: 'connecting',
    generation: state.generation + 1,
    tries: state.tries + 1,
    silenceMs: world.settings.silenceMs ?? SILENCE_MS,
    behindSince: state.behindSince ?? world.now,
  }
}

/** The hub has greeted. */
export function opened(state: In<'connecting'>, { hello }: Input<'hello'>, world: ConnectionWorld): ConnectionState {
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

/** Too long a silence is a loss. */
export function watch(state: In<'connecting' | 'open'>, limitMs: number, world: ConnectionWorld): ConnectionState {
  if (world.now - world.lastByteAt < limitMs) return state
  return retryLater({ ...state, renew: false }, world.silentError(), 0, world)
}

/** The stream broke off, or the hub asked to come back later. */
export function lost(state: In<'connecting' | 'open'>, input: Input<'lost'>, world: ConnectionWorld): ConnectionState {
  // A credential that was taken is a good one, and is tried again.
  return retryLater(input.taken ? { ...state, renew: false } : state, input.error, input.floorMs, world)
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
export function refused(
  state: In<'connecting' | 'open'>,
  input: Input<'refused'>,
  world: ConnectionWorld,
): ConnectionState {
  const credential = input.reason === 'unauthorized' || input.reason === 'token_expired'
  if (!credential) return fail(state, input.error, input.reason, world.now)
  return renew(state, { ...input, floorMs: 0 }, world)
}

/** The hub ended the stream and said why. */
export function goodbye(
  state: In<'connecting' | 'open'>,
  input: Input<'goodbye'>,
  world: ConnectionWorld,
): ConnectionState {
  switch (input.reason) {
    case 'drain':
    case 'slow':
    case 'lifetime':
    case 'internal':
      // Its `retry:` repeats `reconnectMs` for EventSource: it is meant for this one return, not for those that fail.
      return retryLater({ ...state, retryMs: 0 }, input.error, input.reconnectMs ?? 0, world)
    case 'expired':
    case 'revoked':
      return renew(state, { ...input, floorMs: input.reconnectMs ?? 0 }, world)
    default:
      return fail(state, input.error, input.reason, world.now)
  }
}

function renew(
  state: In<'connecting' | 'open'>,
  {
    error,
    reason,
    floorMs,
  }: { readonly error: MonofilError; readonly reason: FailureReason; readonly floorMs: number },
  world: ConnectionWorld,
): ConnectionState {
  if (state.renew || !world.settings.renewable) return fail(state, error, reason, world.now)
  return { ...retryLater(state, error, floorMs, world), renew: true }
}

/** Now, but for the shortest wait, so that an application that forces in a loop does not turn into a storm. */
export function hurry(state: In<'waiting'>, _: unknown, world: ConnectionWorld): ConnectionState {
  return startAt(state, state.failedAt + world.settings.backoff.minMs, world)
}

/** An attempt at `floorAt`, if that is sooner than the one that is scheduled. */
export function startAt(state: In<'waiting'>, floorAt: number, world: ConnectionWorld): ConnectionState {
  const earliest = Math.max(floorAt, state.failedAt + world.settings.backoff.minMs)
  if (world.now >= earliest) return start(state, undefined, world)
  return earliest >= state.retryAt ? state : { ...state, retryAt: earliest }
}

/** A person tries again: what failed before no longer counts. */
export function again(state: In<'failed'>, _: unknown, world: ConnectionWorld): ConnectionState {
  const failedAt = state.errorAt ?? 0
  const waiting = { ...carried(state), attempts: 0, renew: false } as const
  const retryAt = failedAt + world.settings.backoff.minMs
  return startAt({ ...waiting, status: 'waiting', retryAt, failedAt, floorAt: failedAt }, retryAt, world)
}
