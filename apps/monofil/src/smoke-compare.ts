import { isDeepStrictEqual } from 'node:util'
import type { Envelope, Item, Run, RunEnd, RunState } from '@monofil/protocol'

/** What one way of following a run has seen. */
export interface Seen {
  /** States with the offset they are true at, in the order they came. */
  readonly states: readonly RunState[]
  /** The newest version of each item. */
  readonly items: ReadonlyMap<string, Item>
  readonly end: RunEnd | undefined
}

/** All that smoke has collected about its run. */
export interface Evidence {
  /** The run as REST answered it, along the way and at the end. */
  readonly rest: readonly Run[]
  readonly restItems: readonly Item[]
  readonly stream: Seen
  readonly connection: Seen & { readonly events: readonly Envelope[] }
}

/** What was compared, and each difference in words. */
export interface Comparison {
  /** States of a stream for which REST had answered at the same offset. */
  readonly states: number
  readonly mismatches: readonly string[]
}

/** Compares REST, the run's own stream and the one connection with each other, at equal offsets. Pure. */
export function compareEvidence(evidence: Evidence): Comparison {
  const mismatches: string[] = []
  const last = evidence.rest.at(-1)
  if (last === undefined) return { states: 0, mismatches: ['REST never answered the run'] }
  compareOffsets(evidence.connection.events, last.offset, mismatches)
  let states = 0
  for (const [name, seen] of [
    ['own stream', evidence.stream],
    ['connection', evidence.connection],
  ] as const) {
    states += compareStates(name, seen.states, evidence.rest, mismatches)
    compareEnd(name, seen.end, last, mismatches)
    compareItems(name, seen.items, evidence.restItems, mismatches)
  }
  return { states, mismatches }
}

function compareOffsets(events: readonly Envelope[], head: number, mismatches: string[]): void {
  const offsets = events.map((event) => event.offset)
  const expected = Array.from({ length: head }, (_, index) => index + 1)
  if (isDeepStrictEqual(offsets, expected)) return
  mismatches.push(`connection: offsets are ${shorten(offsets)}, REST says 1 to ${head}`)
}

function compareStates(name: string, states: readonly RunState[], rest: readonly Run[], mismatches: string[]): number {
  let compared = 0
  for (const state of states) {
    const run = rest.find((one) => one.offset === state.offset && one.epoch === state.epoch)
    if (run === undefined) continue
    compared += 1
    reportFields(`${name}, state at offset ${state.offset}`, state, without(run, 'input', 'result'), mismatches)
  }
  return compared
}

function compareEnd(name: string, end: RunEnd | undefined, last: Run, mismatches: string[]): void {
  if (end === undefined) mismatches.push(`${name}: no terminal event came`)
  else reportFields(`${name}, terminal event`, end, without(last, 'input'), mismatches)
}

function compareItems(
  name: string,
  items: ReadonlyMap<string, Item>,
  rest: readonly Item[],
  mismatches: string[],
): void {
  if (items.size !== rest.length) mismatches.push(`${name}: ${items.size} items, REST has ${rest.length}`)
  for (const item of rest) {
    const seen = items.get(itemKey(item))
    if (seen === undefined) mismatches.push(`${name}: item ${item.step}/${item.id} never came`)
    else reportFields(`${name}, item ${item.step}/${item.id}`, seen, item, mismatches)
  }
}

/** Ids of items are unique per step. */
export function itemKey(item: Pick<Item, 'step' | 'id'>): string {
  return `${item.step}/${item.id}`
}

function reportFields(where: string, seen: object, rest: object, mismatches: string[]): void {
  const a: Readonly<Record<string, unknown>> = { ...seen }
  const b: Readonly<Record<string, unknown>> = { ...rest }
  for (const field of new Set([...Object.keys(a), ...Object.keys(b)])) {
    if (isDeepStrictEqual(a[field], b[field])) continue
    mismatches.push(`${where}: ${field} is ${shorten(a[field])}, REST says ${shorten(b[field])}`)
  }
}

function without<T extends object, K extends keyof T>(value: T, ...keys: readonly K[]): Omit<T, K> {
  const copy = { ...value }
  for (const key of keys) delete copy[key]
  return copy
}

function shorten(value: unknown): string {
  const text = JSON.stringify(value) ?? 'missing'
  return text.length <= 120 ? text : `${text.slice(0, 119)}…`
}
