import { type Cursor, GOODBYE_REASONS, type GoodbyeReason, parseCursor } from '@monofil/protocol'

/** Where one topic of a GET stream is, as an id says it: nothing was taken, a place, the first event, or nonsense. */
export type Place = Cursor | 'start' | 'unknown' | undefined

/** What a `Last-Event-ID` says. */
export interface EventId {
  /** In the order of the URL's topics. */
  readonly places: readonly Place[]
  /** Why the stream that sent it ended, when it was its last. */
  readonly ended: GoodbyeReason | undefined
}

/** `epoch:o1,o2,…` in the order of the URL's topics, `-` for those without a place; undefined when none has one. */
export function formatPlaces(epoch: string, offsets: readonly (number | undefined)[]): string | undefined {
  if (offsets.every((offset) => offset === undefined)) return undefined
  return `${epoch}:${offsets.map((offset) => offset ?? '-').join(',')}`
}

/** The id of a goodbye: what the reader has, which connection it was and why it ended. */
export function formatLastId(places: string | undefined, connection: string, reason: GoodbyeReason): string {
  return `${places ?? '-'};${connection};${reason}`
}

/**
 * What a stream that was opened by a ticket tells of its places while it cannot say where it is: what the reader gave.
 * It needs an id from the start, or it could never come back. Nonsense stays nonsense, for it is told of the gap.
 */
export function ticketId(given: string | undefined): string {
  if (given === undefined || given === '') return '-'
  const [places = ''] = given.split(';', 1)
  return places === '0' || places === '-' || (places.length <= 600 && PLACES.test(places)) ? places : '?'
}

const PLACES = /^([a-z0-9]{8,16}):((?:-|\d{1,16})(?:,(?:-|\d{1,16}))*)$/

/** Reads an id for a stream of `count` topics. What cannot be read is an unknown place for each of them. */
export function parseEventId(text: string, count: number): EventId {
  const [given = '', , reason] = text.split(';')
  const ended = GOODBYE_REASONS.find((known) => known === reason)
  return { places: parsePlaces(given, count), ended }
}

function parsePlaces(given: string, count: number): readonly Place[] {
  if (given === '-') return new Array<Place>(count).fill(undefined)
  if (given === '0') return new Array<Place>(count).fill('start')
  const match = PLACES.exec(given)
  const offsets = match?.[2]?.split(',') ?? []
  if (match === null || offsets.length !== count) return new Array<Place>(count).fill('unknown')
  return offsets.map((offset) => (offset === '-' ? undefined : placeOf(`${match[1]}:${offset}`)))
}

/** Reads one cursor as a client gives it. */
export function placeOf(cursor: string | undefined): Place {
  return cursor === undefined ? undefined : (parseCursor(cursor) ?? 'unknown')
}
