import { isLabel, MonofilError } from '@monofil/protocol'
import { isHigh, type TextLots } from './text-lots.ts'

/** What waits of one text before `pipe` waits for the store, in UTF-16 characters. */
const MAX_WAITING = 65_536

/** A text that a handler writes piece by piece, such as a model's answer, and that others read while it is written. */
export interface TextWriter {
  /** How much was said, in UTF-16 characters. */
  readonly length: number
  /**
   * Says the next piece; what is said within about 50 ms travels together. Never waits, and does nothing once the
   * attempt is over. What is beyond the limit of a text (1,048,576 characters) is not kept. @throws after `end`.
   */
  write(chunk: string): void
  /** Nothing follows. Said by itself when the handler returns; twice is fine. */
  end(): void
  /**
   * Writes what comes, as fast as the store takes it, ends the text, and resolves with all of it.
   * @throws what the source throws; the signal's reason when the attempt is over.
   */
  pipe(chunks: AsyncIterable<string> | Iterable<string>): Promise<string>
}

export interface TextWriterOptions {
  readonly lots: TextLots
  readonly fence: number
  readonly name: string
  readonly maxChars: number
  readonly signal: AbortSignal
  /** Whether the attempt is over. */
  readonly isOver: () => boolean
}

/** One text of an attempt. */
export class AttemptText implements TextWriter {
  readonly #options: TextWriterOptions
  #length = 0
  /** The first half of a character whose second has not come. */
  #half = ''
  #ended = false

  constructor(options: TextWriterOptions) {
    if (!isLabel(options.name)) {
      throw new MonofilError('invalid_request', 'The name of a text is 1 to 128 printable characters.', {
        field: 'name',
      })
    }
    this.#options = options
  }

  get length(): number {
    return this.#length + this.#half.length
  }

  write(chunk: string): void {
    if (typeof chunk !== 'string') throw new TypeError(`A text is written in strings, not in ${typeof chunk}s.`)
    if (this.#ended) throw new Error(`Text "${this.#options.name}" was ended: nothing follows.`)
    const whole = this.#half + chunk
    this.#half = isHigh(whole.charCodeAt(whole.length - 1)) ? whole.slice(-1) : ''
    this.#say(whole.slice(0, whole.length - this.#half.length), false)
  }

  end(): void {
    if (this.#ended) return
    this.#ended = true
    const half = this.#half
    this.#half = ''
    this.#say(half, true)
  }

  async pipe(chunks: AsyncIterable<string> | Iterable<string>): Promise<string> {
    const { lots, fence, name, signal } = this.#options
    let all = ''
    for await (const chunk of chunks) {
      signal.throwIfAborted()
      this.write(chunk)
      all += chunk
      while (lots.waiting(fence, name) > MAX_WAITING) {
        await lots.turn(signal)
        signal.throwIfAborted()
      }
    }
    this.end()
    return all
  }

  #say(text: string, done: boolean): void {
    const { lots, fence, name, maxChars, isOver } = this.#options
    if (isOver() || (text === '' && !done)) return
    const position = this.#length
    this.#length += text.length
    // A little beyond the limit, by which the store sees that there was more.
    const kept = text.slice(0, Math.max(0, maxChars + 2 - position))
    // Beyond the limit the store has said the end itself.
    if (kept === '' && position > maxChars) return
    lots.add({ fence, name, position, text: kept, done })
  }
}
