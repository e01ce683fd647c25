import { hash } from 'node:crypto'

const BLOCK = 64

/**
 * HMAC-SHA-256 under one key (RFC 2104), cut to 128 bits in base64url. Streams by ticket sign an id after every flush:
 * Node's own `createHmac` makes an object for each, and takes several times as long as these two hashes.
 */
export class Mac {
  readonly #inner: Buffer
  readonly #outer: Buffer

  /** @throws RangeError for a key over 64 bytes. */
  constructor(key: Uint8Array) {
    if (key.length > BLOCK) throw new RangeError(`a key has at most ${BLOCK} bytes, not ${key.length}`)
    this.#inner = Buffer.alloc(BLOCK, 0x36)
    this.#outer = Buffer.alloc(BLOCK, 0x5c)
    for (const [index, byte] of key.entries()) {
      this.#inner[index] = byte ^ 0x36
      this.#outer[index] = byte ^ 0x5c
    }
  }

  /** 22 ASCII characters. The purpose ends with a zero byte, which no text here has. */
  of(purpose: string, text: string): string {
    const inner = hash('sha256', Buffer.concat([this.#inner, Buffer.from(`${purpose}\0${text}`)]), 'buffer')
    return hash('sha256', Buffer.concat([this.#outer, inner]), 'buffer').toString('base64url', 0, 16)
  }
}
