import type { ConnectionInput } from '../connection-state.ts'
import type { Notes } from '../notes.ts'
import type { SubscriptionInput } from '../subscription-state.ts'

/** A note as it is kept: nothing in it holds the data of an event. */
export interface Kept {
  readonly at: number
  readonly kind: 'connection' | 'subscription' | 'election' | 'frame' | 'timer' | 'call' | 'role'
  /** About how many characters of JSON it will be. */
  readonly size: number
  /** Steps of the same machine have the same name. */
  readonly machine: string | null
  readonly before: unknown
  readonly after: unknown
  readonly settings: unknown
  readonly fields: Readonly<Record<string, unknown>>
}

/** About how many characters of JSON the names and numbers of an entry are. */
const FRAME = 130
const STEP = 420

/** Fields that never change what is kept: an entry without a machine. */
const NONE = { machine: null, before: null, after: null, settings: null } as const

export function frameOf(at: number, { event, data, size }: Notes['frame'], withData: boolean): Kept {
  const { topic, epoch, offset, type } = (data ?? {}) as Readonly<Record<string, unknown>>
  const fields = { event, topic, epoch, offset, type, size, ...(withData ? { data } : {}) }
  const text = String(topic ?? '').length + String(type ?? '').length
  return { ...NONE, at, kind: 'frame', size: FRAME + text + (withData ? size : 0), fields }
}

export function connectionOf(at: number, note: Notes['connection']): Kept {
  const { before, input, after, now, lastByteAt, wanted, drawn, settings } = note
  const held = after.status === 'open' ? after.hello : null
  const topics = held === null ? 0 : held.topics.length + held.denied.length
  const size = 900 + topics * 150 * (input.type === 'hello' ? 2 : 1)
  const fields = { input: inputOf(input), now, lastByteAt, wanted, drawn }
  return { at, kind: 'connection', size, machine: 'connection', before, after, settings, fields }
}

/** `frame`: the one that the input came with, if it came with one. */
export function subscriptionOf(at: number, note: Notes['subscription'], frame: Kept | null): Kept {
  const { topic, before, input, after, verdict } = note
  const { type, size, data } = frame?.fields ?? {}
  const fields = { topic, input: inputOf(input), verdict, type, size, data }
  const weight = STEP + topic.length * 2 + (frame === null ? 0 : frame.size - FRAME)
  return { at, kind: 'subscription', size: weight, machine: topic, before, after, settings: null, fields }
}

/** Whether a topic's machine was fed with what the frame said. */
export function isFed({ fields }: Kept, { topic, input }: Notes['subscription']): boolean {
  return fields['topic'] === topic && input.type === (FED[fields['event'] as string] ?? fields['event'])
}

/** Inputs that are named otherwise than their frames. */
const FED: Readonly<Record<string, string>> = { message: 'event', dropped: 'end' }

export function electionOf(at: number, { before, input, after, now, settings }: Notes['election']): Kept {
  return { at, kind: 'election', size: 700, machine: 'election', before, after, settings, fields: { input, now } }
}

export function plainOf(at: number, kind: 'timer' | 'call' | 'role', fields: Kept['fields']): Kept {
  return { ...NONE, at, kind, size: 140, fields }
}

/** What the machine reads of an input; the data of an event is not among it. */
function inputOf(input: ConnectionInput | SubscriptionInput): unknown {
  if (input.type === 'event') {
    const { topic, epoch, offset } = input.event
    return { type: 'event', now: input.now, event: { topic, epoch, offset } }
  }
  if (input.type !== 'snapshot') return input
  const { topic, epoch, offset, more } = input.snapshot
  return { type: 'snapshot', snapshot: { topic, epoch, offset, more } }
}
