import { connect, type Socket } from 'node:net'
import { MonofilError } from '@monofil/protocol'
import type { BusMessage } from '../seams/bus.ts'
import type { Clock } from '../seams/system.ts'
import { encodeFrame, FrameReader } from './frames.ts'
import { type CallerFrame, fromWireError, type OwnerFrame, parseOwnerFrame, SOCKET_VERSION } from './messages.ts'

/** Requests without answer beyond this many bytes are refused: the owner does not keep up. */
const MAX_INFLIGHT_BYTES = 128 * 1024 * 1024
/** How long the owner may take to say hello, and to give its last answers. */
const PATIENCE_MS = 5_000

export interface LinkOptions {
  readonly path: string
  readonly worker: string | null
  readonly clock: Clock
  onMessage(message: BusMessage): void
  /** The connection is gone, after everything pending was rejected; called once, only after a resolved `open`. */
  onClosed(): void
}

interface Pending {
  readonly bytes: number
  resolve(value: unknown): void
  reject(error: MonofilError): void
}

/** One life of a connection to the owner: from its hello until the socket is lost. */
export class Link {
  readonly #socket: Socket
  readonly #options: LinkOptions
  readonly #reader = new FrameReader()
  readonly #pending = new Map<number, Pending>()
  readonly #greeting = Promise.withResolvers<void>()
  /** Resolves when nothing is pending any more, after `finish` began. */
  readonly #quiet = Promise.withResolvers<void>()
  #nextId = 1
  #inflightBytes = 0
  #corked = false
  #greeted = false
  #finishing = false
  #epoch = ''

  /** Connects and waits for the owner's hello. @throws `store_unavailable`; `invalid_state` when the owner refuses us. */
  static async open(options: LinkOptions): Promise<Link> {
    const link = new Link(options)
    const stop = options.clock.after(PATIENCE_MS, () => link.close())
    try {
      await link.#greeting.promise
    } finally {
      stop()
    }
    return link
  }

  private constructor(options: LinkOptions) {
    this.#options = options
    this.#socket = connect(options.path)
    this.#socket.on('data', (chunk) => this.#receive(chunk))
    this.#socket.on('error', (cause) => this.#greeting.reject(lost(cause)))
    this.#socket.on('close', () => this.#closed())
    this.#write({ kind: 'hello', version: SOCKET_VERSION, worker: options.worker })
  }

  get epoch(): string {
    return this.#epoch
  }

  /** Sends a request and resolves with its answer. @throws what the owner answered, or `store_unavailable`. */
  async request(method: string, args: readonly unknown[]): Promise<unknown> {
    return this.#ask((id) => ({ kind: 'call', id, method, args }))
  }

  /** Resolves when the owner's bus has confirmed the topic. */
  async join(topic: string): Promise<void> {
    await this.#ask((id) => ({ kind: 'join', id, topic }))
  }

  /** Says something that has no answer; lost silently with the connection. */
  post(frame: CallerFrame): void {
    if (!this.#socket.destroyed) this.#write(frame)
  }

  /** Ends the connection once everything pending is answered, or after 5 s. Never rejects. */
  async finish(): Promise<void> {
    this.#finishing = true
    const stop = this.#options.clock.after(PATIENCE_MS, () => this.close())
    if (this.#pending.size > 0) await this.#quiet.promise
    stop()
    this.close()
  }

  /** Ends the connection; what is pending is rejected. */
  close(): void {
    this.#socket.destroy()
  }

  #ask(frameOf: (id: number) => CallerFrame): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#socket.destroyed) throw lost()
      if (this.#inflightBytes > MAX_INFLIGHT_BYTES) {
        const message = `Over ${MAX_INFLIGHT_BYTES} bytes wait for the store's owner: it does not keep up; try again later.`
        throw new MonofilError('store_unavailable', message)
      }
      const id = this.#nextId++
      const bytes = this.#write(frameOf(id))
      this.#inflightBytes += bytes
      this.#pending.set(id, { bytes, resolve, reject })
    })
  }

  #write(frame: CallerFrame): number {
    const bytes = encodeFrame(frame)
    if (!this.#corked) {
      this.#corked = true
      this.#socket.cork()
      process.nextTick(() => {
        this.#corked = false
        this.#socket.uncork()
      })
    }
    this.#socket.write(bytes)
    return bytes.length
  }

  #receive(chunk: Buffer): void {
    try {
      this.#reader.push(chunk, (text) => this.#take(parseOwnerFrame(text)))
    } catch (cause) {
      this.#greeting.reject(lost(cause))
      this.#socket.destroy()
    }
  }

  #take(frame: OwnerFrame): void {
    switch (frame.kind) {
      case 'hello':
        this.#epoch = frame.epoch
        this.#greeted = true
        this.#greeting.resolve()
        break
      case 'refused':
        this.#greeting.reject(fromWireError(frame.error))
        this.close()
        break
      case 'answer':
        this.#settled(frame.id)?.resolve(frame.value)
        break
      case 'error':
        this.#settled(frame.id)?.reject(fromWireError(frame.error))
        break
      case 'bus':
        this.#options.onMessage(frame.message)
        break
      case 'wake':
        this.#options.onMessage(wakeUp(frame))
    }
  }

  #settled(id: number): Pending | undefined {
    const pending = this.#pending.get(id)
    if (pending === undefined) return undefined
    this.#pending.delete(id)
    this.#inflightBytes -= pending.bytes
    if (this.#finishing && this.#pending.size === 0) this.#quiet.resolve()
    return pending
  }

  #closed(): void {
    this.#greeting.reject(lost())
    const pending = [...this.#pending.values()]
    this.#pending.clear()
    for (const { reject } of pending) reject(lost())
    this.#quiet.resolve()
    if (this.#greeted) this.#options.onClosed()
  }
}

/** The slim form of a commit: whether there is work, which leases were taken back, and nothing else of it. */
function wakeUp({ seq, work, revoked }: OwnerFrame & { kind: 'wake' }): BusMessage {
  return { kind: 'commit', commit: { seq, events: [], runs: [], removedRuns: [], work, revoked } }
}

function lost(cause?: unknown): MonofilError {
  const message = "The connection to the store's owner is lost; whether the call took effect is unknown. Try again."
  return new MonofilError('store_unavailable', message, { cause })
}
