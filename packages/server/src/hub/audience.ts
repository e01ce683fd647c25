import { MonofilError } from '@monofil/protocol'
import { keyedText } from './frames.ts'
import { LiveSet, type Source, type Subscription } from './subscription.ts'

interface Entry {
  /** Number of the change that made it. */
  readonly no: number
  readonly version: number
  /** Null: gone from sight, kept for a while for those who are behind. */
  readonly json: string | null
}

/** How many gone keys are remembered; who is further behind gets a snapshot. */
const GONE_KEPT = 200

/**
 * A state topic as all viewers with the same rights see it: the newest value of each key. Nothing is queued for a
 * slow reader: when it can take more, it gets every key that changed since, once, as it is then.
 */
export class Audience implements Source {
  readonly topic: string
  readonly isState = true
  readonly flushed = 0
  isDropped = false
  count = 0
  idleSince = 0
  // In the order of their last change, since a changed key is put in anew.
  readonly #entries = new Map<string, Entry>()
  readonly #live = new LiveSet()
  #no = 0
  /** Number of the last change that live readers were handed: the one on which a socket is found full is not yet. */
  #handed = 0
  #forgotten = 0
  #gone = 0
  #snapshot: Buffer | undefined = undefined

  constructor(topic: string) {
    this.topic = topic
  }

  /** Sets a key, null for gone. Sends only what differs from what is known. */
  set(key: string, version: number, json: string | null): void {
    const known = this.#entries.get(key)
    if ((known?.json ?? null) === json) return
    this.#no += 1
    if (known?.json === null) this.#gone -= 1
    if (json === null) this.#gone += 1
    this.#entries.delete(key)
    this.#entries.set(key, { no: this.#no, version: Math.max(version, (known?.version ?? 0) + 1), json })
    this.#snapshot = undefined
    this.#forgetOldest()
    if (this.#live.subs.length > 0) this.#live.push(Buffer.from(this.#text(key)), false)
    this.#handed = this.#no
  }

  /** The keys that have a value. */
  keys(): string[] {
    return [...this.#entries].filter(([, entry]) => entry.json !== null).map(([key]) => key)
  }

  attach(sub: Subscription): void {
    this.count += 1
    sub.mode = 'catching'
    sub.cursor = -1
  }

  detach(sub: Subscription): void {
    this.count -= 1
    if (sub.mode === 'live') this.#live.remove(sub)
  }

  suspend(sub: Subscription): void {
    if (sub.mode !== 'live') return
    this.#live.remove(sub)
    sub.mode = 'catching'
    sub.cursor = this.#handed
  }

  advance(sub: Subscription): undefined {
    if (this.isDropped)
      throw new MonofilError('internal', `topic ${this.topic} was forgotten while it was subscribed to`)
    if (sub.cursor < this.#forgotten || sub.cursor === -1) sub.connection.write(this.#snapshotBytes())
    else if (sub.cursor < this.#no) sub.connection.write(this.#since(sub.cursor))
    this.#live.add(sub)
  }

  #since(no: number): string {
    let text = ''
    for (const [key, entry] of this.#entries) if (entry.no > no) text += this.#text(key)
    return text
  }

  #text(key: string): string {
    const entry = this.#entries.get(key)
    return entry === undefined ? '' : keyedText(this.topic, key, entry.version, entry.json)
  }

  #snapshotBytes(): Buffer {
    if (this.#snapshot === undefined) {
      const keyed: string[] = []
      for (const [key, { version, json }] of this.#entries) {
        if (json !== null) keyed.push(`{"key":${JSON.stringify(key)},"version":${version},"data":${json}}`)
      }
      this.#snapshot = Buffer.from(`event: snapshot\ndata: {"topic":"${this.topic}","data":[${keyed.join(',')}]}\n\n`)
    }
    return this.#snapshot
  }

  #forgetOldest(): void {
    if (this.#gone <= GONE_KEPT) return
    for (const [key, entry] of this.#entries) {
      if (entry.json !== null) continue
      this.#entries.delete(key)
      this.#forgotten = entry.no
      this.#gone -= 1
      return
    }
  }
}
