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

/** Fields that never change what is kept: an entry without a machine. */
const NONE = { machine: null, before: null, after: null, settings: null } as const

export function frameOf(at: number, { event, data, size }: Notes['frame'], withData: boolean): Kept {
  const { topic, epoch, offset, type } = (data ?? {}) as Readonly<Record<string, unknown>>
  const fields = { event, topic, epoch, offset, type, size, ...(withData ? { data } : {}) }
  const text = String(topic ?? '').length + String(type ?? '').length
  return { ...NONE, at, kind: 'frame', size: 130 + text + (withData ? size : 0), fields }
}

export function connectionOf(at: number, note: Notes['connection']): Kept {
  const { before, input, after, now, lastByteAt, wanted, drawn, settings } = note
  const held = after.status === 'open' ? after.hello : null
  const topics = held === null ? 0 : held.topics.length + held.denied.length
  const size = 900 + topics * 150 * (input.type === 'hello' ? 2 : 1)
  const fields = { input: inputOf(input), now, lastByteAt, wanted, drawn }
  return { at, kind: 'connection', size, machine: 'connection', before, after, settings, fields }
}

export function subscriptionOf(at: number, note: Notes['subscription']): Kept {
  const { topic, before, input, after, verdict } = note
  const fields = { topic, input: inputOf(input), verdict }
  const size = 440 + topic.length * 3
  return { at, kind: 'subscription', size, machine: `topic ${topic}`, before, after, settings: null, fields }
}

export function electionOf(at: number, { before, input, after, now, settings }: Notes['election']): Kept {
  return { at, kind: 'election', size: 700, machine: 'election', before, after, settings, fields: { input, now } }
}

export function plainOf(at: number, kind: 'timer' | 'call' | 'role', fields: Kept['fields']): Kept {
  return { ...NONE, at, kind, size: 140, fields }
}

/** What the machine reads of an input; the data of an event is not among it. */
function inputOf(input: ConnectionInput | SubscriptionInput): unknown {
  if (input.type === 'event') {
    const { topic, epoch, offset, type } = input.event
    return { type: 'event', now: input.now, event: { topic, epoch, offset, type } }
  }
  if (input.type !== 'snapshot') return input
  const { topic, epoch, offset, more } = input.snapshot
  return { type: 'snapshot', snapshot: { topic, epoch, offset, more } }
}
