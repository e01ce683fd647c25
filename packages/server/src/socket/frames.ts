import { MonofilError } from '@monofil/protocol'

/** The largest body of a frame: room for a page of results of 1 MB each, and an end to what a bad peer can make us hold. */
export const MAX_FRAME_BYTES = 64 * 1024 * 1024

const HEADER_BYTES = 4

/**
 * Encodes a value as one frame: the body's length in bytes (unsigned 32 bits, big endian), then JSON in UTF-8.
 * @throws `too_large` when the body is over `maxBytes`.
 */
export function encodeFrame(value: unknown, maxBytes = MAX_FRAME_BYTES): Buffer {
  const json = JSON.stringify(value)
  const length = Buffer.byteLength(json)
  if (length > maxBytes) {
    throw new MonofilError(
      'too_large',
      `A message of ${length} bytes does not fit through the local socket (${maxBytes}): ask for less at once.`,
    )
  }
  const frame = Buffer.allocUnsafe(HEADER_BYTES + length)
  frame.writeUInt32BE(length, 0)
  frame.write(json, HEADER_BYTES)
  return frame
}

/** Cuts a byte stream into the bodies of its frames, wherever the chunks break. Holds at most one unfinished frame. */
export class FrameReader {
  readonly #header = Buffer.alloc(HEADER_BYTES)
  #headerFilled = 0
  #body: Buffer | undefined
  #bodyFilled = 0

  /**
   * Takes the next chunk and calls back with each body it completes, in order.
   * @throws `too_large` for a frame that announces more than {@link MAX_FRAME_BYTES}; the stream is then useless.
   */
  push(chunk: Buffer, onBody: (text: string, bytes: number) => void): void {
    let at = 0
    while (at < chunk.length) {
      if (this.#body === undefined) {
        at += this.#takeHeader(chunk, at)
        if (this.#headerFilled < HEADER_BYTES) return
        const length = this.#bodyLength()
        if (chunk.length - at >= length) {
          // The usual case, a whole frame in one chunk, is decoded in place.
          this.#headerFilled = 0
          onBody(chunk.toString('utf8', at, at + length), length)
          at += length
          continue
        }
        this.#body = Buffer.allocUnsafe(length)
        this.#bodyFilled = 0
      }
      const body = this.#body
      const copied = chunk.copy(body, this.#bodyFilled, at)
      at += copied
      this.#bodyFilled += copied
      if (this.#bodyFilled < body.length) return
      this.#body = undefined
      this.#headerFilled = 0
      onBody(body.toString('utf8'), body.length)
    }
  }

  #takeHeader(chunk: Buffer, at: number): number {
    const copied = chunk.copy(this.#header, this.#headerFilled, at, at + HEADER_BYTES - this.#headerFilled)
    this.#headerFilled += copied
    return copied
  }

  #bodyLength(): number {
    const length = this.#header.readUInt32BE(0)
    if (length > MAX_FRAME_BYTES) {
      throw new MonofilError('too_large', `The peer on the local socket announced a frame of ${length} bytes.`)
    }
    return length
  }
}
