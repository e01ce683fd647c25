import { MonofilError } from '@monofil/protocol'
import { silentError } from '../connection.ts'
import {
  type ConnectionInput,
  type ConnectionSettings,
  type ConnectionState,
  nextConnection,
} from '../connection-state.ts'
import {
  type ElectionInput,
  type ElectionSettings,
  type ElectionState,
  nextElection,
} from '../sharing/election-state.ts'
import { nextSubscription, type SubscriptionInput, type SubscriptionState } from '../subscription-state.ts'
import { RECORDING_VERSION, type RecordedEntry, type Recording } from './recording.ts'
import { redact, revive } from './redact.ts'

/** Where a machine went elsewhere than the recording says. */
export interface Difference {
  /** Place in `entries`. */
  readonly index: number
  readonly at: number
  /** `connection`, `election`, or the topic. */
  readonly machine: string
  /** The state's field, or `verdict`. */
  readonly field: string
  readonly recorded: unknown
  readonly replayed: unknown
}

/** What became of a replay. */
export interface Replay {
  /** Steps of machines that were made again. */
  readonly steps: number
  /** Empty when every step led where the recording says. */
  readonly differences: readonly Difference[]
  /** The last state of each machine, by name. */
  readonly ends: Readonly<Record<string, unknown>>
}

type Step = Extract<RecordedEntry, { kind: 'connection' | 'subscription' | 'election' }>

/** What is known of a machine on the way. */
interface Track {
  readonly state: unknown
  readonly settings: unknown
}

/**
 * Feeds a recording back into the client's machines, with its clock and its random numbers, and compares each state.
 * After a difference it goes on from the recorded state, so that one fault is one finding.
 *
 * @throws MonofilError `invalid_request` for what is no recording, or one of another version.
 */
export function replay(recording: Recording): Replay {
  if (recording.format !== 'monofil-recording' || recording.version !== RECORDING_VERSION) {
    const what = `${String(recording.format)} version ${String(recording.version)}`
    throw new MonofilError('invalid_request', `not a recording of version ${RECORDING_VERSION}: ${what}`)
  }
  const tracks = new Map<string, Track>()
  const differences: Difference[] = []
  let steps = 0
  for (const [index, entry] of recording.entries.entries()) {
    if (entry.kind !== 'connection' && entry.kind !== 'subscription' && entry.kind !== 'election') continue
    steps += 1
    const machine = entry.kind === 'subscription' ? entry.topic : entry.kind
    const track = trackOf(entry, tracks.get(`${entry.kind} ${machine}`), index)
    const recorded = { ...entry.after, ...('verdict' in entry ? { verdict: entry.verdict } : {}) }
    const replayed = redact(step(entry, track)) as Record<string, unknown>
    const found = compare(recorded as unknown as Record<string, unknown>, replayed)
    differences.push(...found.map((difference) => ({ index, at: entry.at, machine, ...difference })))
    tracks.set(`${entry.kind} ${machine}`, { state: revive(entry.after), settings: track.settings })
  }
  const ends = [...tracks].map(([name, { state }]) => [name, state] as const)
  return { steps, differences, ends: Object.fromEntries(ends) }
}

function trackOf(entry: Step, known: Track | undefined, index: number): Track {
  const state = entry.from === undefined ? known?.state : revive(entry.from)
  const settings = 'settings' in entry ? revive(entry.settings) : known?.settings
  if (state !== undefined) return { state, settings }
  throw new MonofilError('invalid_request', `entry ${index} has no state to begin from: the recording is not whole`)
}

function step(entry: Step, { state, settings }: Track): unknown {
  if (entry.kind === 'subscription') {
    const next = nextSubscription(state as SubscriptionState, revive(entry.input) as SubscriptionInput)
    return { ...next.state, verdict: next.verdict }
  }
  if (entry.kind === 'election') {
    const world = { now: entry.now, settings: settings as ElectionSettings }
    return nextElection(state as ElectionState, revive(entry.input) as ElectionInput, world)
  }
  const { now, lastByteAt, wanted, drawn } = entry
  return nextConnection(state as ConnectionState, revive(entry.input) as ConnectionInput, {
    now,
    lastByteAt,
    wanted,
    settings: settings as ConnectionSettings,
    random: () => drawn ?? Number.NaN,
    silentError,
  })
}

function compare(
  recorded: Readonly<Record<string, unknown>>,
  replayed: Readonly<Record<string, unknown>>,
): Pick<Difference, 'field' | 'recorded' | 'replayed'>[] {
  const fields = new Set([...Object.keys(recorded), ...Object.keys(replayed)])
  return [...fields]
    .filter((field) => text(recorded[field]) !== text(replayed[field]))
    .map((field) => ({ field, recorded: recorded[field], replayed: replayed[field] }))
}

/** The same text for equal values, whatever the order of their names. */
function text(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined'
  if (Array.isArray(value)) return `[${value.map(text).join()}]`
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([name, one]) => `${JSON.stringify(name)}:${text(one)}`).join()}}`
}
