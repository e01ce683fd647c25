import type { Cursor, Envelope, ErrorCode, Gap, Snapshot, SubscriptionAnswer } from '@monofil/protocol'

/**
 * How a topic begins and is repaired. `log`: an application topic, from its head or a cursor. `folded`: a log that
 * begins with a snapshot (`run:{id}`, `inbox`). `state`: no log at all.
 */
export type TopicKind = 'log' | 'folded' | 'state'

/**
 * `off`: the hub does not know of it. `asking`: asked for, not answered. `on`: answered. `repairing`: a hole was
 * seen, and what is missing was asked for. `over`: refused or ended; nothing comes.
 */
export type Phase = 'off' | 'asking' | 'on' | 'repairing' | 'over'

/** One topic of the stream. The cursor lives here and outlives every connection. */
export interface SubscriptionState {
  readonly kind: TopicKind
  readonly phase: Phase
  /** All up to here was delivered; `start`: from the first event; null: wherever the hub begins. */
  readonly cursor: Cursor | 'start' | null
  /** The next event may be further on than the cursor: the hub has said that it does not know how far. */
  readonly loose: boolean
  /** The head when the hub took the subscription; null before. */
  readonly head: number | null
  /** Where the newest run state was true; an older one is not shown. */
  readonly stateAt: Cursor | null
  /** When the present hole was first seen, and how often its repair was asked for. */
  readonly holeSince: number
  readonly repairs: number
  /** Why it is over. */
  readonly code: ErrorCode | 'revoked' | 'deleted' | null
}

export type SubscriptionInput =
  | { readonly type: 'ask' }
  /** `late`: the answer is not the first to this request, so its head may be past events still on their way. */
  | { readonly type: 'answer'; readonly answer: SubscriptionAnswer; readonly late?: boolean }
  | { readonly type: 'end'; readonly code: NonNullable<SubscriptionState['code']> }
  | { readonly type: 'gap'; readonly gap: Gap }
  | { readonly type: 'snapshot'; readonly snapshot: Snapshot }
  | { readonly type: 'event'; readonly event: Envelope; readonly now: number }
  | { readonly type: 'state'; readonly at: Cursor | null }
  /** The connection is gone, or the hub was told to stop. */
  | { readonly type: 'lost' }

/** `show`: hand it to the application. `repair`: ask for what is missing. `reopen`: asking did not help. */
export type Verdict = 'show' | 'skip' | 'repair' | 'reopen'

export interface SubscriptionStep {
  readonly state: SubscriptionState
  readonly verdict: Verdict
  /** A loss that only the client noticed, and gave up on. */
  readonly gap?: Gap
}

/** How long a repair may take before the stream itself is replaced. */
const REPAIR_MS = 10_000
/** Repairs of one hole before it is announced as a gap: an endless repair is a silent loss. */
const REPAIRS = 3

/** A topic that nobody has asked for yet. */
export function initialSubscription(kind: TopicKind, cursor: Cursor | 'start' | null): SubscriptionState {
  return {
    kind,
    phase: 'off',
    cursor,
    loose: false,
    head: null,
    stateAt: null,
    holeSince: 0,
    repairs: 0,
    code: null,
  }
}

/** What follows from an input, and what to do with what it carried. */
export function nextSubscription(state: SubscriptionState, input: SubscriptionInput): SubscriptionStep {
  const rule = TABLE[state.phase][input.type] as Rule<SubscriptionInput['type']>
  return rule(state, input)
}

type In<T extends SubscriptionInput['type']> = Extract<SubscriptionInput, { type: T }>
type Rule<T extends SubscriptionInput['type']> = (state: SubscriptionState, input: In<T>) => SubscriptionStep
type Row = { readonly [T in SubscriptionInput['type']]: Rule<T> }

const skip = (state: SubscriptionState): SubscriptionStep => ({ state, verdict: 'skip' })
const enter = (phase: Phase) => (state: SubscriptionState) => skip({ ...state, phase })
const end = (state: SubscriptionState, { code }: In<'end'>): SubscriptionStep => ({
  state: { ...state, phase: 'over', code },
  verdict: state.code === code ? 'skip' : 'show',
})

const flowing: Row = {
  ask: skip,
  answer,
  end,
  gap,
  snapshot,
  event,
  state: runState,
  lost: enter('off'),
}

/** Every phase with every input. */
const TABLE: { readonly [P in Phase]: Row } = {
  // What still arrives was sent before the hub heard that nobody listens.
  off: {
    ask: enter('asking'),
    answer: skip,
    end: skip,
    gap: skip,
    snapshot: skip,
    event: skip,
    state: skip,
    lost: skip,
  },
  // Events of a PATCH may come before its answer.
  asking: flowing,
  on: flowing,
  repairing: {
    ...flowing,
    ask: (state) => skip({ ...state, repairs: state.repairs + 1 }),
    answer: (state, input) => skip({ ...state, head: input.answer.offset }),
  },
  over: { ask: enter('asking'), answer: skip, end, gap: skip, snapshot: skip, event: skip, state: skip, lost: skip },
}

function answer(state: SubscriptionState, { answer: { epoch, offset }, late }: In<'answer'>): SubscriptionStep {
  const on: SubscriptionState = { ...state, phase: 'on', head: offset, code: null }
  if (epoch === null || offset === null) return skip(on)
  if (state.cursor === 'start') return skip({ ...on, cursor: { epoch, offset: 0 } })
  if (state.cursor === null && state.kind === 'log' && late !== true) return skip({ ...on, cursor: { epoch, offset } })
  return skip(on)
}

function gap(state: SubscriptionState, { gap }: In<'gap'>): SubscriptionStep {
  const { epoch, from, to, reason } = gap
  const old = placeIn(state.cursor, epoch)
  if (reason === 'retention' && to !== null && old !== null && old >= to) return skip(state)
  const moved: SubscriptionState = { ...healed(state), phase: state.phase === 'repairing' ? 'on' : state.phase }
  // The snapshot that follows says where the topic stands; until then no place is better than a wrong one.
  if (state.kind === 'folded') return { state: { ...moved, cursor: null, stateAt: null }, verdict: 'show' }
  const offset = to ?? (from === null ? 0 : Math.max(0, from - 1))
  return { state: { ...moved, cursor: { epoch, offset }, loose: to === null }, verdict: 'show' }
}

function snapshot(state: SubscriptionState, { snapshot }: In<'snapshot'>): SubscriptionStep {
  const { epoch, offset, more } = snapshot
  if (more === true || epoch === undefined || offset === undefined) return { state, verdict: 'show' }
  const old = placeIn(state.cursor, epoch)
  // Going back would show the events between a second time.
  if (old !== null && old >= offset) return { state, verdict: 'show' }
  const phase = state.phase === 'repairing' ? 'on' : state.phase
  return { state: { ...healed(state), phase, cursor: { epoch, offset } }, verdict: 'show' }
}

function event(state: SubscriptionState, { event, now }: In<'event'>): SubscriptionStep {
  const { epoch, offset } = event
  if (epoch === null || offset === null) return { state, verdict: 'show' }
  if (state.cursor === null) return arrived(state, { epoch, offset })
  const old = placeIn(state.cursor, epoch)
  if (old !== null && offset <= old) return skip(state)
  if (old !== null && (offset === old + 1 || state.loose)) return arrived(state, { epoch, offset })
  return hole(state, { epoch, offset }, event.topic, now)
}

function arrived(state: SubscriptionState, cursor: Cursor): SubscriptionStep {
  const phase = state.phase === 'repairing' ? 'on' : state.phase
  return { state: { ...state, phase, cursor, loose: false, repairs: 0, holeSince: 0 }, verdict: 'show' }
}

function hole(state: SubscriptionState, seen: Cursor, topic: string, now: number): SubscriptionStep {
  if (state.phase !== 'repairing') {
    return { state: { ...state, phase: 'repairing', holeSince: state.holeSince || now }, verdict: 'repair' }
  }
  if (now - state.holeSince < REPAIR_MS) return skip(state)
  if (state.repairs < REPAIRS)
    return { state: { ...state, holeSince: now, repairs: state.repairs + 1 }, verdict: 'reopen' }
  const old = placeIn(state.cursor, seen.epoch)
  const gap: Gap = {
    topic,
    epoch: seen.epoch,
    from: old === null ? null : old + 1,
    to: seen.offset - 1,
    reason: old === null ? 'epoch' : 'retention',
  }
  return { ...arrived(state, seen), gap }
}

function runState(state: SubscriptionState, { at }: In<'state'>): SubscriptionStep {
  if (at === null) return { state, verdict: 'show' }
  const old = placeIn(state.stateAt, at.epoch)
  if (old !== null && at.offset < old) return skip(state)
  return { state: old === at.offset ? state : { ...state, stateAt: at }, verdict: 'show' }
}

function healed(state: SubscriptionState): SubscriptionState {
  return { ...state, loose: false, holeSince: 0, repairs: 0 }
}

function placeIn(cursor: SubscriptionState['cursor'], epoch: string): number | null {
  if (cursor === 'start') return 0
  return cursor !== null && cursor.epoch === epoch ? cursor.offset : null
}
