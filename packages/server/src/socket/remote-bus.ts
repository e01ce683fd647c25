import type { MonofilError } from '@monofil/protocol'
import type { Bus, BusMessage } from '../seams/bus.ts'
import type { Link } from './link.ts'

/** The Bus seam over a link that comes and goes: topics stay joined and listeners stay, whichever link is there. */
export class RemoteBus implements Bus {
  readonly #listeners = new Set<(message: BusMessage) => void>()
  readonly #topics = new Map<string, PromiseWithResolvers<void>>()
  readonly #onClose: () => Promise<void>
  #link: Link | undefined
  #ended: MonofilError | undefined

  constructor(onClose: () => Promise<void>) {
    this.#onClose = onClose
  }

  publish(message: BusMessage): void {
    this.#link?.post({ kind: 'publish', message })
  }

  join(topic: string): Promise<void> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended)
    const known = this.#topics.get(topic)
    if (known !== undefined) return known.promise
    const joined = Promise.withResolvers<void>()
    // Rejected by the end of the connection, where nobody may be waiting any more.
    joined.promise.catch(() => {})
    this.#topics.set(topic, joined)
    if (this.#link !== undefined) this.#joinOn(this.#link, topic)
    return joined.promise
  }

  leave(topic: string): void {
    if (this.#topics.delete(topic)) this.#link?.post({ kind: 'leave', topic })
  }

  listen(listener: (message: BusMessage) => void): () => void {
    this.#listeners.add(listener)
    if (this.#listeners.size === 1) this.#link?.post({ kind: 'listen', on: true })
    return () => {
      if (this.#listeners.delete(listener) && this.#listeners.size === 0)
        this.#link?.post({ kind: 'listen', on: false })
    }
  }

  close(): Promise<void> {
    return this.#onClose()
  }

  /** Hands a message to all who listen. */
  deliver(message: BusMessage): void {
    for (const listener of this.#listeners) listener(message)
  }

  /** A connection is there, or it is lost: on a new one everything is asked for again. */
  use(link: Link | undefined): void {
    this.#link = link
    if (link === undefined) return
    if (this.#listeners.size > 0) link.post({ kind: 'listen', on: true })
    for (const topic of this.#topics.keys()) this.#joinOn(link, topic)
  }

  /** No connection will come any more: waiting joins reject with this, and later ones too. */
  end(error: MonofilError): void {
    this.#ended = error
    this.#link = undefined
    this.#listeners.clear()
    for (const joined of this.#topics.values()) joined.reject(error)
    this.#topics.clear()
  }

  #joinOn(link: Link, topic: string): void {
    link.join(topic).then(
      () => this.#topics.get(topic)?.resolve(),
      (error: unknown) => {
        // A lost connection joins again when it is back; any other refusal is final.
        if (this.#link === link) this.#topics.get(topic)?.reject(error)
      },
    )
  }
}
