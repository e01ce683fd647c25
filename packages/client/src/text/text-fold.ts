import type { Envelope, ItemText, TextEvent } from '@monofil/protocol'

/** Pieces that wait for an answer; with more of them it is asked for again. */
const MAX_WAITING = 5_000

/** A text as it was answered, or as pieces have made it since. */
export type KnownText = Pick<ItemText, 'step' | 'attempt' | 'text' | 'done' | 'cut' | 'epoch' | 'offset'>

/** Which text of a run. */
export interface TextKey {
  readonly item: string
  /** Left out: the first step that has such an item and text. */
  readonly step?: string | undefined
  /** `text` when left out. */
  readonly name?: string | undefined
}

/**
 * What is known of one text: an answer of REST, and the pieces that follow it in the run's log. A piece keeps the first
 * `position` characters and adds its own, so that what is known is always what the log says up to `offset`, and a piece
 * that does not fit shows what is missing.
 */
export class TextFold {
  known: KnownText | null = null
  readonly #key: TextKey
  #asked = false
  #waiting: Envelope[] = []
  #overflown = false

  constructor(key: TextKey) {
    this.#key = key
  }

  /** The text is asked for: pieces wait until it is answered. */
  ask(): void {
    this.#asked = true
  }

  /** Takes an event of the run; false: something is missing, and the text is to be asked for. */
  event(event: Envelope): boolean {
    if (event.type !== 'text' || event.epoch === null || event.offset === null) return true
    const piece = event.data as TextEvent
    const { item, name = 'text', step = this.known?.step ?? piece.step } = this.#key
    if (piece.item !== item || piece.name !== name || piece.step !== step) return true
    if (this.#asked) {
      if (this.#waiting.length < MAX_WAITING) this.#waiting.push(event)
      else this.#overflown = true
      return true
    }
    return this.#take(piece, event.epoch, event.offset)
  }

  /** The answer, null where nothing was said; false: it is to be asked for again. */
  answer(text: KnownText | null): boolean {
    const waiting = this.#waiting
    const overflown = this.#overflown
    this.forget()
    this.known = text
    return waiting.every((event) => this.event(event)) && !overflown
  }

  /** Nothing is asked for any more. */
  forget(): void {
    this.#asked = false
    this.#waiting = []
    this.#overflown = false
  }

  #take(piece: TextEvent, epoch: string, offset: number): boolean {
    const { known } = this
    if (known !== null && known.epoch !== epoch) return false
    if (known !== null && offset <= known.offset) return true
    const before = known?.text ?? ''
    if (piece.position > before.length) return false
    const { step, attempt, position, done = false, cut = false } = piece
    const text = (position === before.length ? before : before.slice(0, position)) + piece.text
    this.known = { step, attempt, text, done, cut, epoch, offset }
    return true
  }
}
