import type { NewText } from '../seams/store.ts'
import type { Clock } from '../seams/system.ts'

/** A lot of texts goes at most once in so long. */
const LOT_MS = 50
/** Pieces a second of all texts of a worker together: what many items say at once must not drown who reads along. */
const PIECES_PER_SECOND = 400
/** What one event carries at most, in UTF-16 characters. */
const PIECE_CHARS = 16_384

interface Pending {
  readonly fence: number
  readonly name: string
  position: number
  text: string
  done: boolean
}

/**
 * What handlers have said and the store has not been told yet. The first word after a while is due at once; what is
 * said within the next 50 ms goes together, and the more texts there are, the rarer each of them goes.
 */
export class TextLots {
  readonly #clock: Clock
  readonly #onDue: () => void
  readonly #pending = new Map<string, Pending>()
  #nextAt = 0
  #isDue = false
  #stopTimer: (() => void) | undefined
  #turns: (() => void)[] = []

  constructor(clock: Clock, onDue: () => void) {
    this.#clock = clock
    this.#onDue = onDue
  }

  get isEmpty(): boolean {
    return this.#pending.size === 0
  }

  /** Whether a lot may go now. */
  get isDue(): boolean {
    return this.#isDue && !this.isEmpty
  }

  add({ fence, name, position, text, done = false }: NewText): void {
    const key = keyOf(fence, name)
    const known = this.#pending.get(key)
    if (known === undefined) {
      this.#pending.set(key, { fence, name, position, text, done })
    } else {
      known.text += text
      known.done ||= done
    }
    this.#arm()
  }

  /** Characters of a text that wait. */
  waiting(fence: number, name: string): number {
    return this.#pending.get(keyOf(fence, name))?.text.length ?? 0
  }

  /** Resolves when the next lot is on its way, or the signal aborts. */
  turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const go = () => resolve()
      signal.addEventListener('abort', go, { once: true })
      this.#turns.push(() => {
        signal.removeEventListener('abort', go)
        resolve()
      })
    })
  }

  /** All that is due, and what else these fences have to say, in pieces. */
  take(fences: ReadonlySet<number>): readonly NewText[] {
    const pieces: NewText[] = []
    for (const [key, pending] of this.#pending) {
      if (!this.#isDue && !fences.has(pending.fence)) continue
      this.#pending.delete(key)
      pieces.push(...piecesOf(pending))
    }
    if (pieces.length === 0) return pieces
    if (this.#isDue) {
      this.#isDue = false
      this.#nextAt = this.#clock.monotonic() + Math.max(LOT_MS, (pieces.length * 1_000) / PIECES_PER_SECOND)
    }
    for (const resolve of this.#turns.splice(0)) resolve()
    return pieces
  }

  /** A lot that did not arrive: it is said again, with what came since. */
  putBack(pieces: readonly NewText[]): void {
    for (const { fence, name, position, text, done = false } of pieces.toReversed()) {
      const known = this.#pending.get(keyOf(fence, name))
      if (known === undefined) {
        this.#pending.set(keyOf(fence, name), { fence, name, position, text, done })
      } else {
        known.position = position
        known.text = text + known.text
      }
    }
    this.#isDue = !this.isEmpty
  }

  /** Nothing is due any more. */
  close(): void {
    this.#stopTimer?.()
    this.#stopTimer = undefined
  }

  #arm(): void {
    if (this.#isDue || this.#stopTimer !== undefined) return
    const left = this.#nextAt - this.#clock.monotonic()
    if (left <= 0) {
      this.#due()
      return
    }
    this.#stopTimer = this.#clock.after(left, () => {
      this.#stopTimer = undefined
      if (!this.isEmpty) this.#due()
    })
  }

  #due(): void {
    this.#isDue = true
    this.#onDue()
  }
}

function keyOf(fence: number, name: string): string {
  return `${fence} ${name}`
}

function piecesOf({ fence, name, position, text, done }: Pending): NewText[] {
  const pieces: NewText[] = []
  for (let from = 0; from < text.length || pieces.length === 0; ) {
    let to = Math.min(text.length, from + PIECE_CHARS)
    // Both halves of a character go together: each alone would be none.
    if (to < text.length && isHigh(text.charCodeAt(to - 1))) to -= 1
    pieces.push({
      fence,
      name,
      position: position + from,
      text: text.slice(from, to),
      done: done && to === text.length,
    })
    from = to
  }
  return pieces
}

/** Whether a character is the first half of one that takes two places. */
export function isHigh(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff
}
