import type { Letter } from './words.ts'

/** Letters between single tabs: one BroadcastChannel each, so that a tab is woken only by what is meant for it. */
export class Mailbox<In, Out> {
  readonly #name: string
  readonly #tab: string
  readonly #own: BroadcastChannel
  readonly #others = new Map<string, BroadcastChannel>()

  constructor(name: string, tab: string, onLetter: (letter: Letter<In>) => void) {
    this.#name = name
    this.#tab = tab
    this.#own = this.#open(tab)
    this.#own.onmessage = ({ data }) => onLetter(data as Letter<In>)
  }

  post(tab: string, term: number, word: Out): void {
    const channel = this.#others.get(tab) ?? this.#open(tab)
    this.#others.set(tab, channel)
    channel.postMessage({ term, from: this.#tab, word } satisfies Letter<Out>)
  }

  /** Lets go of the way to a tab. */
  forget(tab: string): void {
    this.#others.get(tab)?.close()
    this.#others.delete(tab)
  }

  /** Lets go of the ways to all of them. */
  forgetAll(): void {
    for (const channel of this.#others.values()) channel.close()
    this.#others.clear()
  }

  close(): void {
    this.#own.close()
    this.forgetAll()
  }

  #open(tab: string): BroadcastChannel {
    return new BroadcastChannel(`${this.#name} ${tab}`)
  }
}
