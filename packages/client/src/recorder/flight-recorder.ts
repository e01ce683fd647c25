import type { Notes, Recorder } from '../notes.ts'
import type { ConnectionInfo, Diagnostics } from '../types.ts'
import { connectionOf, electionOf, frameOf, isFed, type Kept, plainOf, subscriptionOf } from './entry-of.ts'
import { RECORDING_VERSION, type RecordedDiagnostics, type RecordedEntry, type Recording } from './recording.ts'
import { redact } from './redact.ts'

/** Bounds and contents of a flight recorder; each has a default. */
export interface FlightRecorderOptions {
  /** Entries kept, at most: 2,000. */
  readonly entries?: number | undefined
  /** Characters of JSON kept, at most: 1,000,000. */
  readonly characters?: number | undefined
  /** Keeps the data of frames too, as it came. Default false: names, places and sizes only. */
  readonly data?: boolean | undefined
  /** Milliseconds since 1970. */
  readonly now?: (() => number) | undefined
}

/**
 * Keeps the newest of all that a client does: frames, states, terms, timers, errors. No token, and no data of events
 * unless asked for. Give it to one client as `recorder`; it lasts as long as that client.
 */
export class FlightRecorder implements Recorder {
  readonly #limit: number
  readonly #characters: number
  readonly #data: boolean
  readonly #now: () => number
  /** A ring: the oldest is at `#first`. */
  readonly #ring: (Kept | undefined)[]
  #first = 0
  #count = 0
  #size = 0
  #lost = 0
  readonly #clients = new Set<() => Diagnostics>()
  /** Nothing was made of it yet. */
  #frame: Kept | null = null
  #role: Pick<ConnectionInfo, 'role' | 'status' | 'marker'> | null = null

  /** @throws RangeError for bounds that are no positive numbers. */
  constructor({ entries = 2000, characters = 1_000_000, data = false, now = Date.now }: FlightRecorderOptions = {}) {
    if (!(entries >= 1 && entries <= 1_000_000)) throw new RangeError('entries: a number from 1 to 1,000,000')
    if (!(characters >= 1000)) throw new RangeError('characters: at least 1,000')
    this.#limit = Math.floor(entries)
    this.#characters = characters
    this.#data = data
    this.#now = now
    this.#ring = new Array<Kept | undefined>(this.#limit)
  }

  note<K extends keyof Notes>(kind: K, detail: Notes[K]): void {
    const at = this.#now()
    const note = { kind, detail } as AnyNote
    if (note.kind === 'client') this.#meet(note.detail.debug)
    else if (note.kind === 'info') this.#see(at, note.detail)
    else if (note.kind !== 'attempt') this.#take(at, note)
  }

  /** How many entries there are now. */
  get size(): number {
    this.#settle()
    return this.#count
  }

  /** The newest entries, oldest first, redacted; at most `count`. */
  entries(count = this.#limit): readonly RecordedEntry[] {
    this.#settle()
    return written(this.#newest(Math.min(count, this.#count)))
  }

  /** Everything there is, as one JSON document for a report: `JSON.stringify` keeps all of it. */
  export(): Recording {
    this.#settle()
    let entries = written(this.#newest(this.#count))
    let left = lengths(entries)
    // The sizes while recording are estimates; the bound of the document is exact.
    while (left > this.#characters && entries.length > 0) {
      entries = written(this.#newest(Math.floor(entries.length * 0.9)))
      left = lengths(entries)
    }
    return {
      format: 'monofil-recording',
      version: RECORDING_VERSION,
      exportedAt: new Date(this.#now()).toISOString(),
      clients: uniqueByMarker([...this.#clients].map((debug) => redact(debug()) as RecordedDiagnostics)),
      lost: this.#lost + this.#count - entries.length,
      entries,
    }
  }

  /** Forgets the entries; what is recorded from here on stands by itself. */
  clear(): void {
    this.#ring.fill(undefined)
    this.#first = this.#count = this.#size = this.#lost = 0
    this.#frame = null
  }

  #settle(): void {
    if (this.#frame !== null) this.#keep(this.#frame)
    this.#frame = null
  }

  /** A frame and the step that it leads to are one entry. */
  #take(at: number, note: Step): void {
    const frame = this.#frame
    this.#frame = null
    if (note.kind === 'subscription' && frame !== null && isFed(frame, note.detail)) {
      this.#keep(subscriptionOf(at, note.detail, frame))
      return
    }
    if (frame !== null) this.#keep(frame)
    if (note.kind === 'frame') this.#frame = frameOf(at, note.detail, this.#data)
    else this.#keep(this.#entry(at, note))
  }

  #entry(at: number, note: Exclude<Step, { kind: 'frame' }>): Kept {
    switch (note.kind) {
      case 'subscription':
        return subscriptionOf(at, note.detail, null)
      case 'connection':
        return connectionOf(at, note.detail)
      case 'election':
        return electionOf(at, note.detail)
      case 'timer':
        return plainOf(at, 'timer', { ...note.detail })
      case 'call': {
        const { name, reason, force } = note.detail
        return plainOf(at, 'call', { name, reason, force })
      }
    }
  }

  #meet(debug: () => Diagnostics): void {
    this.#clients.add(debug)
    // Clients of one core tell the same: the newest are enough where a page makes many.
    for (const oldest of this.#clients) if (this.#clients.size > CLIENTS) this.#clients.delete(oldest)
  }

  #see(at: number, { role, status, marker }: ConnectionInfo): void {
    const old = this.#role
    if (old?.role === role && old.status === status && old.marker === marker) return
    this.#role = { role, status, marker }
    this.#keep(plainOf(at, 'role', this.#role))
  }

  #keep(entry: Kept): void {
    while (this.#count > 0 && (this.#count === this.#limit || this.#size + entry.size > this.#characters)) this.#drop()
    this.#ring[(this.#first + this.#count) % this.#limit] = entry
    this.#count += 1
    this.#size += entry.size
  }

  #drop(): void {
    this.#size -= this.#ring[this.#first]?.size ?? 0
    this.#ring[this.#first] = undefined
    this.#first = (this.#first + 1) % this.#limit
    this.#count -= 1
    this.#lost += 1
  }

  #newest(count: number): Kept[] {
    const start = this.#first + this.#count - count
    const picked = Array.from({ length: count }, (_, index) => this.#ring[(start + index) % this.#limit])
    return picked.filter((entry) => entry !== undefined)
  }
}

type Step = Exclude<AnyNote, { kind: 'client' | 'info' | 'attempt' }>
type AnyNote = { [N in keyof Notes]: { readonly kind: N; readonly detail: Notes[N] } }[keyof Notes]

/** Debug functions kept. */
const CLIENTS = 8

/** Entries as JSON. A machine's state before a step is written only where the step before does not tell it. */
function written(kept: readonly Kept[]): RecordedEntry[] {
  const last = new Map<string, { readonly state: unknown; readonly settings: string }>()
  return kept.map(({ at, kind, machine, before, after, settings, fields }) => {
    const entry: Record<string, unknown> = { at, kind, ...(redact(fields) as object) }
    if (machine !== null) {
      const name = `${kind} ${machine}`
      const known = last.get(name)
      const text = JSON.stringify(redact(settings))
      if (known?.state !== before) entry['from'] = redact(before)
      if (settings !== null && known?.settings !== text) entry['settings'] = JSON.parse(text)
      entry['after'] = redact(after)
      last.set(name, { state: after, settings: text })
    }
    return entry as unknown as RecordedEntry
  })
}

function lengths(entries: readonly RecordedEntry[]): number {
  return entries.reduce((sum, entry) => sum + JSON.stringify(entry).length + 1, 0)
}

function uniqueByMarker(clients: readonly RecordedDiagnostics[]): RecordedDiagnostics[] {
  return [...new Map(clients.map((client) => [`${client.url} ${client.marker}`, client])).values()]
}
