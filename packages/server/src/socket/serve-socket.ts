import { chmodSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { MonofilError } from '@monofil/protocol'
import type { Bus } from '../seams/bus.ts'
import type { Store } from '../seams/store.ts'
import { type Clock, type Logger, silentLogger, systemClock } from '../seams/system.ts'
import { MAX_FRAME_BYTES } from './frames.ts'
import { placeSocket } from './path.ts'
import { Peer } from './peer.ts'

/** What the owner of a data folder serves to other processes of the machine. */
export interface ServeSocketOptions {
  /** The data folder; the caller must hold its store's lock. */
  readonly dir: string
  readonly store: Store
  readonly bus: Bus
  /** The largest answer, in bytes; 64 MiB when left out, which is also the most that callers take. */
  readonly maxFrameBytes?: number
  readonly logger?: Logger
  readonly clock?: Clock
}

export interface SocketServer {
  /** Where it listens: `owner.sock` in the data folder, or a private folder when that path is too long for a socket. */
  readonly path: string
  /** Answers the calls it has, ends every connection and removes the socket. The store stays open. Never rejects. */
  close(): Promise<void>
}

/**
 * Serves this process's Store and Bus over a local socket that only this user may open (mode 0600). When the last
 * connection of a named worker ends, its leases are taken back at once. A socket left by a killed owner is replaced.
 * @throws `store_unavailable` when the socket cannot be made.
 */
export async function serveSocket(options: ServeSocketOptions): Promise<SocketServer> {
  const { dir, logger = silentLogger } = options
  const place = await placeSocket(dir)
  const { clock = systemClock, maxFrameBytes = MAX_FRAME_BYTES } = options
  const owner = new Owner({ ...options, logger, clock, maxFrameBytes })
  const server = createServer((socket) => owner.accept(socket))
  try {
    await listen(server, place.path)
  } catch (cause) {
    await place.remove()
    throw new MonofilError('store_unavailable', `The local socket ${place.path} could not be opened.`, { cause })
  }
  server.on('error', (error) => logger.error('The local socket failed.', { path: place.path, error }))
  return {
    path: place.path,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      owner.close()
      await closed
      await place.remove()
    },
  }
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, () => {
      server.off('error', reject)
      resolve()
    })
    // listen() has bound the path by now, in this same turn: no caller gets in before the mode is set.
    if (process.platform !== 'win32' && server.listening) chmodSync(path, 0o600)
  })
}

class Owner {
  readonly #options: Required<ServeSocketOptions>
  readonly #peers = new Set<Peer>()
  /** Open connections per worker: one that comes back before its old connection ends keeps its leases. */
  readonly #workers = new Map<string, number>()
  #closing = false

  constructor(options: Required<ServeSocketOptions>) {
    this.#options = options
  }

  accept(socket: Socket): void {
    if (this.#closing) {
      socket.destroy()
      return
    }
    const { store, bus, logger, clock, maxFrameBytes } = this.#options
    let name: string | null = null
    const peer: Peer = new Peer({
      socket,
      store,
      bus,
      logger,
      clock,
      maxFrameBytes,
      onHello: (worker) => {
        name = worker
        if (worker !== null) this.#workers.set(worker, (this.#workers.get(worker) ?? 0) + 1)
      },
      onClosed: () => {
        this.#peers.delete(peer)
        if (name !== null) this.#left(name)
      },
    })
    this.#peers.add(peer)
  }

  close(): void {
    // Workers outlive this owner and may come back to the next one: their leases stay.
    this.#closing = true
    for (const peer of this.#peers) peer.close()
  }

  #left(worker: string): void {
    const open = (this.#workers.get(worker) ?? 1) - 1
    if (open > 0) {
      this.#workers.set(worker, open)
      return
    }
    this.#workers.delete(worker)
    if (this.#closing) return
    const { store, logger } = this.#options
    store.work.release(worker).then(
      (count) => {
        if (count > 0) logger.warn('A worker is gone; what it held was taken back.', { worker, items: count })
      },
      (error: unknown) =>
        logger.warn("A gone worker's leases could not be taken back; they expire.", { worker, error }),
    )
  }
}
