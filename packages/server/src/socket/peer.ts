import type { Socket } from 'node:net'
import { MonofilError } from '@monofil/protocol'
import type { Bus, BusMessage } from '../seams/bus.ts'
import type { Store } from '../seams/store.ts'
import type { Clock, Logger } from '../seams/system.ts'
import { commitFor } from './commit-filter.ts'
import { encodeFrame, FrameReader } from './frames.ts'
import { type CallerFrame, type OwnerFrame, parseCallerFrame, SOCKET_VERSION, toWireError } from './messages.ts'
import { invoke, isMethod, type Method } from './methods.ts'

/** Unanswered requests, or unread answers, of one caller beyond this many bytes stop our reading from it. */
const MAX_PENDING_BYTES = 16 * 1024 * 1024
/** How long a caller may take to say hello, and to read its last answers when the owner closes. */
const PATIENCE_MS = 5_000

export interface PeerOptions {
  readonly socket: Socket
  readonly store: Store
  readonly bus: Bus
  readonly logger: Logger
  readonly clock: Clock
  readonly maxFrameBytes: number
  /** The caller has named itself; null when it is no worker. */
  onHello(worker: string | null): void
  /** The connection is gone; called once. */
  onClosed(): void
}

/** The owner's end of one local connection: answers calls in any order, hands on what the caller listens to. */
export class Peer {
  readonly #options: PeerOptions
  readonly #reader = new FrameReader()
  readonly #topics = new Set<string>()
  #greeted = false
  #closing = false
  #pendingBytes = 0
  #pendingCalls = 0
  #corked = false
  #stopPatience: () => void
  #stopListening: (() => void) | undefined

  constructor(options: PeerOptions) {
    this.#options = options
    const { socket, clock } = options
    this.#stopPatience = clock.after(PATIENCE_MS, () => socket.destroy())
    socket.on('data', (chunk) => this.#receive(chunk))
    socket.on('drain', () => this.#readOn())
    // A broken connection says so by 'close', which always follows.
    socket.on('error', () => {})
    socket.on('close', () => this.#closed())
  }

  /** Takes no further calls, answers those it has, then ends the connection. */
  close(): void {
    const { socket, clock } = this.#options
    if (this.#closing || socket.destroyed) return
    this.#closing = true
    this.#stopPatience()
    this.#stopPatience = clock.after(PATIENCE_MS, () => socket.destroy())
    // Read on, to see the caller's end of the connection: what still comes is ignored.
    socket.resume()
    this.#endWhenAnswered()
  }

  #receive(chunk: Buffer): void {
    try {
      this.#reader.push(chunk, (text, bytes) => {
        if (!this.#closing) this.#take(parseCallerFrame(text), bytes)
      })
    } catch (error) {
      this.#options.logger.warn('A local connection was closed: what it sent is no frame of ours.', {
        error: error instanceof Error ? error.message : String(error),
      })
      this.#options.socket.destroy()
    }
  }

  #take(frame: CallerFrame, bytes: number): void {
    if (!this.#greeted) {
      this.#greet(frame)
      return
    }
    switch (frame.kind) {
      case 'hello':
        throw new MonofilError('invalid_request', 'A caller said hello twice.')
      case 'call':
        this.#call(frame, bytes)
        break
      case 'listen':
        this.#listen(frame.on)
        break
      case 'join':
        this.#join(frame.id, frame.topic)
        break
      case 'leave':
        if (this.#topics.delete(frame.topic)) this.#options.bus.leave(frame.topic)
        break
      case 'publish':
        this.#options.bus.publish(frame.message)
    }
  }

  #greet(frame: CallerFrame): void {
    const { store, onHello } = this.#options
    if (frame.kind !== 'hello') throw new MonofilError('invalid_request', 'A caller did not begin with hello.')
    if (frame.version !== SOCKET_VERSION) {
      const message = `The store's owner speaks version ${SOCKET_VERSION} of the local socket, this process ${frame.version}: run the same version of Monofil on both sides.`
      this.#send({ kind: 'refused', error: toWireError(new MonofilError('invalid_state', message)) })
      this.close()
      return
    }
    this.#greeted = true
    this.#stopPatience()
    this.#send({ kind: 'hello', version: SOCKET_VERSION, epoch: store.epoch })
    onHello(frame.worker)
  }

  #call(frame: { id: number; method: string; args: readonly unknown[] }, bytes: number): void {
    const { id, method } = frame
    if (!isMethod(method)) {
      const error = new MonofilError('invalid_request', `The local socket knows no call ${method}.`)
      this.#send({ kind: 'error', id, error: toWireError(error) })
      return
    }
    this.#pendingBytes += bytes
    this.#pendingCalls++
    // Called in the turn they arrived in, calls reach the store in the order they were made.
    this.#answer(id, method, frame.args)
      .finally(() => {
        this.#pendingBytes -= bytes
        this.#pendingCalls--
        this.#readOn()
        this.#endWhenAnswered()
      })
      .catch((error: unknown) => this.#options.logger.error('An answer could not be sent.', { method, error }))
    if (this.#pendingBytes > MAX_PENDING_BYTES) this.#options.socket.pause()
  }

  async #answer(id: number, method: Method, args: readonly unknown[]): Promise<void> {
    const { store, logger } = this.#options
    try {
      const value = await invoke(store, method, args)
      try {
        this.#send({ kind: 'answer', id, value })
      } catch (error) {
        await undoUnsent(store, method, value)
        throw error
      }
    } catch (error) {
      if (!MonofilError.is(error)) logger.error('A call over the local socket failed.', { method, error })
      this.#send({ kind: 'error', id, error: toWireError(error) })
    }
  }

  #listen(on: boolean): void {
    if (!on) {
      this.#stopListening?.()
      this.#stopListening = undefined
      return
    }
    this.#stopListening ??= this.#options.bus.listen((message) => this.#announce(message))
  }

  #announce(message: BusMessage): void {
    // At most once: a caller that does not read loses wake-ups, which costs it latency only, and us nothing.
    if (this.#options.socket.writableLength > MAX_PENDING_BYTES) return
    const frame = frameFor(message, this.#topics)
    if (frame === undefined) return
    try {
      this.#send(frame)
    } catch (error) {
      this.#options.logger.warn('A bus message did not fit the local socket.', { error })
    }
  }

  #join(id: number, topic: string): void {
    this.#topics.add(topic)
    this.#options.bus.join(topic).then(
      () => this.#send({ kind: 'answer', id }),
      (error: unknown) => this.#send({ kind: 'error', id, error: toWireError(error) }),
    )
  }

  #send(frame: OwnerFrame): void {
    const { socket, maxFrameBytes } = this.#options
    if (socket.destroyed || socket.writableEnded) return
    const bytes = encodeFrame(frame, maxFrameBytes)
    if (!this.#corked) {
      // All answers of one turn leave in one write.
      this.#corked = true
      socket.cork()
      process.nextTick(() => {
        this.#corked = false
        socket.uncork()
      })
    }
    socket.write(bytes)
    if (!this.#closing && socket.writableLength > MAX_PENDING_BYTES) socket.pause()
  }

  #readOn(): void {
    const { socket } = this.#options
    if (this.#closing || this.#pendingBytes > MAX_PENDING_BYTES) return
    if (socket.writableLength <= MAX_PENDING_BYTES && socket.isPaused()) socket.resume()
  }

  #endWhenAnswered(): void {
    if (this.#closing && this.#pendingCalls === 0) this.#options.socket.end()
  }

  #closed(): void {
    this.#stopPatience()
    this.#stopListening?.()
    for (const topic of this.#topics) this.#options.bus.leave(topic)
    this.#options.onClosed()
  }
}

function frameFor(message: BusMessage, topics: ReadonlySet<string>): OwnerFrame | undefined {
  if (message.kind === 'ephemeral') {
    const events = message.events.filter((event) => topics.has(event.topic))
    return events.length === 0 ? undefined : { kind: 'bus', message: { kind: 'ephemeral', events } }
  }
  const commit = commitFor(message.commit, topics)
  if (commit !== undefined) return { kind: 'bus', message: { kind: 'commit', commit } }
  const { seq, work, revoked } = message.commit
  return work || revoked.length > 0 ? { kind: 'wake', seq, work, revoked } : undefined
}

/** Leases that the caller cannot be told of would sit until they expire: they go back untouched. */
async function undoUnsent(store: Store, method: Method, value: unknown): Promise<void> {
  if (method !== 'work.claim' || !Array.isArray(value)) return
  const leases = value as Awaited<ReturnType<Store['work']['claim']>>
  await store.work.settle(leases.map(({ fence }) => ({ fence, kind: 'released' })))
}
