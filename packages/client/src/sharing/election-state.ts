import type { Lead } from './words.ts'

/** What every phase carries. */
interface Carried {
  /** The highest term seen. */
  readonly term: number
  /** The stream's name at the hub, if one was heard of. */
  readonly marker: string | null
  /** Since when the page is looked at, or null. */
  readonly visibleSince: number | null
  /** When the lead was last taken by force in this browser. */
  readonly stolenAt: number
  /** How often a lead that this tab took by force was taken from it at once. */
  readonly losses: number
}

/**
 * A tab among the tabs of its user. `away`: it holds nothing. `seeking`: it waits in line for the lead and knows of
 * nobody who has it. `following`: it waits in line and rides another's stream. `leading`: it holds the stream.
 * `alone`: it has given up on the others.
 */
export type ElectionState = Carried &
  (
    | { readonly phase: 'away' }
    | ({ readonly phase: 'seeking' } & Watch)
    | ({ readonly phase: 'following'; readonly lead: Lead; readonly begged: boolean } & Watch)
    | { readonly phase: 'leading'; readonly since: number; readonly stolen: boolean; readonly yieldedAt: number | null }
    | { readonly phase: 'alone'; readonly reason: string }
  )

/** How a tab that does not lead watches the one that does, or should. */
interface Watch {
  /** When the leader was last heard. */
  readonly heardAt: number
  /** When it was asked whether it is there, and has not answered. */
  readonly askedAt: number | null
  /** Whether this tab heard its own question: one that is deaf must not take the lead for want of an answer. */
  readonly echoed: boolean
  /** Questions in a row that it did not hear: a busy moment may hide one. */
  readonly misses: number
  /** The lead must be taken: by force, because it was `given`, or not. */
  readonly taking: 'force' | 'given' | null
}

export type ElectionInput =
  | { readonly type: 'join' }
  | { readonly type: 'leave' }
  /** The lock is this tab's. */
  | { readonly type: 'granted' }
  /** The lock was taken by another tab. */
  | { readonly type: 'ousted' }
  /** The browser gives this page no locks. */
  | { readonly type: 'barred'; readonly reason: string }
  | { readonly type: 'lead'; readonly lead: Lead }
  /** Anything else from the leader. */
  | { readonly type: 'heard'; readonly term: number }
  | { readonly type: 'echo' }
  /** The leader lets this tab have the lead. */
  | { readonly type: 'yours' }
  /** A tab that is looked at asks this one for the lead. */
  | { readonly type: 'yield' }
  | { readonly type: 'visible'; readonly visible: boolean }
  | { readonly type: 'tick' }

export interface ElectionSettings {
  readonly silenceMs: number
  readonly answerMs: number
  readonly stealMs: number
  readonly handOverMs: number
}

export const AWAY: ElectionState = {
  phase: 'away',
  term: 0,
  marker: null,
  visibleSince: null,
  stolenAt: Number.NEGATIVE_INFINITY,
  losses: 0,
}

/** A lead lost so soon after it was taken by force was not worth taking. */
const FRUITLESS = 2
/** The part of `answerMs` by which an alarm may be late. */
const LATE = 4
/** Questions unheard by the tab that put them, after which it is deaf. */
const MISSES = 2

type Phase = ElectionState['phase']
type In<P extends Phase> = Extract<ElectionState, { phase: P }>
type Input<T extends ElectionInput['type']> = Extract<ElectionInput, { type: T }>
interface World {
  readonly now: number
  readonly settings: ElectionSettings
}
type Rule<P extends Phase, T extends ElectionInput['type']> = (
  state: In<P>,
  input: Input<T>,
  world: World,
) => ElectionState
type Row<P extends Phase> = { readonly [T in ElectionInput['type']]: Rule<P, T> }

/** The state that follows; the same object when nothing changes. */
export function nextElection(state: ElectionState, input: ElectionInput, world: World): ElectionState {
  const rule = TABLE[state.phase][input.type] as Rule<Phase, ElectionInput['type']>
  return rule(state, input, world)
}

/** When `tick` must come, or null: a hidden tab watches nobody, since its timers and its eyes are shut. */
export function electionDeadline(state: ElectionState, settings: ElectionSettings): number | null {
  const { silenceMs, answerMs, handOverMs } = settings
  if (state.phase === 'leading') return state.yieldedAt === null ? null : state.yieldedAt + answerMs
  if ((state.phase !== 'seeking' && state.phase !== 'following') || state.taking !== null) return null
  if (state.visibleSince === null) return null
  if (state.askedAt !== null) return state.askedAt + answerMs
  const silent = state.heardAt + silenceMs
  return mayBeg(state) ? Math.min(silent, state.visibleSince + handOverMs) : silent
}

function mayBeg(state: In<'seeking' | 'following'>): boolean {
  return state.phase === 'following' && !state.begged && !state.lead.visible
}

function carried({ term, marker, visibleSince, stolenAt, losses }: ElectionState): Carried {
  return { term, marker, visibleSince, stolenAt, losses }
}

const stay = (state: ElectionState) => state
const leave = (state: ElectionState): ElectionState => ({ ...carried(state), phase: 'away', losses: 0 })

function look(state: ElectionState, { visible }: Input<'visible'>, { now }: World): ElectionState {
  if (visible === (state.visibleSince !== null)) return state
  return { ...state, visibleSince: visible ? now : null }
}

/** In line for the lead; the first question goes out at once. */
function seek(state: ElectionState, _: unknown, { now }: World): ElectionState {
  return { ...carried(state), phase: 'seeking', heardAt: now, askedAt: now, echoed: false, misses: 0, taking: null }
}

function granted(state: In<'seeking' | 'following'>, _: unknown, { now }: World): ElectionState {
  // Time makes terms grow over reloads without anything being stored; the highest seen covers a clock set back.
  const term = Math.max(state.term + 1, now)
  return { ...carried(state), term, phase: 'leading', since: now, stolen: state.taking === 'force', yieldedAt: null }
}

function newer(state: ElectionState, { term, tab }: Lead): boolean {
  if (state.phase === 'following') {
    return term > state.lead.term || (term === state.lead.term && tab >= state.lead.tab)
  }
  return term >= state.term
}

function follow(state: ElectionState, { lead }: Input<'lead'>, { now }: World): ElectionState {
  if (!newer(state, lead)) return state
  const stolenAt = lead.stolen && lead.term > state.term ? now : state.stolenAt
  // A leader that has been looked at since may be begged again.
  const begged = state.phase === 'following' && state.lead.term === lead.term && state.begged && !lead.visible
  return {
    ...carried(state),
    phase: 'following',
    term: lead.term,
    marker: lead.marker,
    stolenAt,
    lead,
    begged,
    heardAt: now,
    askedAt: null,
    echoed: false,
    misses: 0,
    taking: null,
  }
}

function ousted(state: In<'leading'>, _: unknown, world: World): ElectionState {
  const given = state.yieldedAt !== null
  const fruitless = state.stolen && !given && world.now - state.since < world.settings.stealMs
  const losses = fruitless ? state.losses + 1 : 0
  if (losses >= FRUITLESS) return { ...carried(state), losses, phase: 'alone', reason: 'the tabs fought over the lead' }
  return seek({ ...state, losses }, undefined, world)
}

function watch(state: In<'seeking' | 'following'>, _: unknown, world: World): ElectionState {
  const { now, settings } = world
  const { askedAt, visibleSince, taking } = state
  if (visibleSince === null || taking !== null) return state
  if (askedAt === null) {
    if (now - state.heardAt >= settings.silenceMs) return { ...state, askedAt: now, echoed: false }
    return state.phase === 'following' && mayBeg(state) && now - visibleSince >= settings.handOverMs
      ? { ...state, begged: true }
      : state
  }
  const late = now - askedAt - settings.answerMs
  if (late < 0) return state
  // An alarm so late means that this tab slept: the answer may be there and not be read yet.
  if (late >= settings.answerMs / LATE) return { ...state, askedAt: now, echoed: false }
  if (!state.echoed && state.misses + 1 < MISSES) return { ...state, askedAt: now, misses: state.misses + 1 }
  if (!state.echoed) return { ...carried(state), phase: 'alone', reason: 'this tab does not hear the others' }
  if (now - state.stolenAt >= settings.stealMs) return { ...state, taking: 'force', stolenAt: now }
  return { ...state, askedAt: now, echoed: false }
}

/** A question that a visible tab puts as soon as it is looked at again: its timers slept. */
function wake(state: In<'seeking' | 'following'>, input: Input<'visible'>, world: World): ElectionState {
  const seen = look(state, input, world) as typeof state
  if (seen === state || !input.visible || state.askedAt !== null) return seen
  return { ...seen, askedAt: world.now, echoed: false }
}

const watching = {
  join: stay,
  leave,
  granted,
  ousted: stay,
  barred: (state: In<'seeking' | 'following'>, { reason }: Input<'barred'>): ElectionState => ({
    ...carried(state),
    phase: 'alone',
    reason,
  }),
  lead: follow,
  echo: (state: In<'seeking' | 'following'>) => (state.echoed ? state : { ...state, echoed: true, misses: 0 }),
  visible: wake,
  tick: watch,
} as const

/** Whoever takes no part hears nobody. */
const apart = {
  granted: stay,
  ousted: stay,
  barred: stay,
  lead: stay,
  heard: stay,
  echo: stay,
  yours: stay,
  yield: stay,
  visible: look,
  tick: stay,
} as const

/** Every phase with every input. */
const TABLE: { readonly [P in Phase]: Row<P> } = {
  away: { ...apart, join: seek, leave: stay },
  seeking: { ...watching, heard: stay, yours: stay, yield: stay },
  following: {
    ...watching,
    heard: (state, { term }, { now }) =>
      term === state.lead.term ? { ...state, heardAt: now, askedAt: null, losses: 0 } : state,
    // Given, not taken: the bound on force is not for this.
    yours: (state) => ({ ...state, taking: 'given' }),
    yield: stay,
  },
  leading: {
    join: stay,
    leave,
    granted: stay,
    ousted,
    barred: stay,
    // Two leads of the same moment: the lower one yields. Its lock is gone already, or about to go.
    lead: (state, input, world) => (input.lead.term > state.term ? follow(state, input, world) : state),
    heard: stay,
    echo: stay,
    yours: stay,
    // To one at a time. Who asked may be gone by then: the lead that nobody took is gone on with.
    yield: (state, _, { now }) =>
      state.visibleSince === null && state.yieldedAt === null ? { ...state, yieldedAt: now } : state,
    visible: look,
    tick: (state, _, { now, settings }) =>
      state.yieldedAt !== null && now - state.yieldedAt >= settings.answerMs ? { ...state, yieldedAt: null } : state,
  },
  alone: { ...apart, join: stay, leave },
}
