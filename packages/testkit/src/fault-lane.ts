import type { Socket } from 'node:net'

/** How slow a lane is: extra time of each chunk, and the size of its pieces; 0 is as it comes. */
export interface Pace {
  readonly delayMs: number
  readonly chopBytes: number
}

/** Undelivered bytes over which the sending side is no longer read. */
const FULL_BYTES = 256 * 1024
/** How much of an answer's head is looked at to find its end. */
const HEAD_BYTES = 16 * 1024

/** One direction of a proxied connection: bytes in order, with back pressure, at a pace. */
export class Lane {
  readonly #from: Socket
  readonly #to: Socket
  readonly #pace: () => Pace
  #waiting: { readonly bytes: Buffer; readonly at: number }[] = []
  #waitingBytes = 0
  #timer: NodeJS.Timeout | undefined = undefined
  /** The answer's head so far; undefined once it has ended. */
  #head: string | undefined = ''
  #tail = ''

  constructor(from: Socket, to: Socket, pace: () => Pace) {
    this.#from = from
    this.#to = to
    this.#pace = pace
    to.on('drain', () => this.#resume())
  }

  /** Where the bytes that passed have ended. */
  get place(): 'head' | 'body' | 'boundary' {
    if (this.#head !== undefined) return 'head'
    return this.#tail === '\n\n' ? 'boundary' : 'body'
  }

  /** A request was sent: what comes next this way is its answer's head. */
  begin(): void {
    this.#head = ''
  }

  pass(chunk: Buffer): void {
    this.#note(chunk)
    const { delayMs, chopBytes } = this.#pace()
    if (delayMs === 0 && chopBytes === 0 && this.#waiting.length === 0) {
      if (!this.#to.write(chunk)) this.#from.pause()
      return
    }
    const at = performance.now() + delayMs
    const size = chopBytes === 0 ? chunk.length : chopBytes
    for (let start = 0; start < chunk.length; start += size) {
      this.#waiting.push({ bytes: chunk.subarray(start, start + size), at })
    }
    this.#waitingBytes += chunk.length
    if (this.#waitingBytes > FULL_BYTES) this.#from.pause()
    this.#wait()
  }

  /** Forgets what has not been delivered. */
  close(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#waiting = []
    this.#waitingBytes = 0
  }

  #note(chunk: Buffer): void {
    this.#tail = (this.#tail + chunk.toString('latin1', Math.max(0, chunk.length - 2))).slice(-2)
    if (this.#head === undefined) return
    this.#head += chunk.toString('latin1', 0, HEAD_BYTES)
    if (this.#head.includes('\r\n\r\n') || this.#head.length > HEAD_BYTES) this.#head = undefined
  }

  #wait(): void {
    const first = this.#waiting[0]
    if (first === undefined || this.#timer !== undefined) return
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined
        this.#deliver()
      },
      Math.max(0, first.at - performance.now()),
    )
  }

  // A write for each piece in a turn of its own, so that the kernel does not put them together again.
  #deliver(): void {
    const first = this.#waiting.shift()
    if (first === undefined) return
    this.#waitingBytes -= first.bytes.length
    this.#to.write(first.bytes)
    if (this.#waitingBytes <= FULL_BYTES) this.#resume()
    this.#wait()
  }

  #resume(): void {
    if (this.#waitingBytes <= FULL_BYTES && !this.#to.writableNeedDrain) this.#from.resume()
  }
}
