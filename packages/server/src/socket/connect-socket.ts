import { resolve } from 'node:path'
import { MonofilError } from '@monofil/protocol'
import type { Bus } from '../seams/bus.ts'
import type { Store } from '../seams/store.ts'
import { type Clock, type Logger, silentLogger, systemClock } from '../seams/system.ts'
import { Link } from './link.ts'
import type { Calls, Method } from './methods.ts'
import { findSocket, notServed } from './path.ts'
import { RemoteBus } from './remote-bus.ts'
import { createRemoteStore } from './remote-store.ts'

const FIRST_DELAY_MS = 20
/** Well below the 2 s for which a new owner keeps the leases of workers that were not its own. */
const MAX_DELAY_MS = 500

export interface ConnectSocketOptions {
  /** The data folder whose owner is wanted. */
  readonly dir: string
  /** The worker this process is: when its last connection ends, the owner takes back what it held. */
  readonly worker?: string
  /** How long to wait for an owner before the first connection is given up, in ms; 5,000 when left out. */
  readonly waitMs?: number
  readonly logger?: Logger
  readonly clock?: Clock
}

/** The owner's Store and Bus in this process. */
export interface SocketConnection {
  /** Calls fail `store_unavailable` while the owner is away; `epoch` is that of the owner last met. */
  readonly store: Store
  /** Without `join`, of commits only whether there is work and which leases were taken (`work`, `revoked`). */
  readonly bus: Bus
  /** Resolves when this connection was closed for good, which only `close` does. */
  readonly closed: Promise<void>
  /** Takes no further calls, waits for the answers to those made, ends the connection. Never rejects. */
  close(): Promise<void>
}

/**
 * Connects to the owner of a data folder, and again whenever it is lost, as when the owner restarts: topics stay
 * joined and listeners stay. Calls that were pending are not sent again, since they may have taken effect.
 * @throws `store_unavailable` when no owner answers within `waitMs`.
 */
export async function connectSocket(options: ConnectSocketOptions): Promise<SocketConnection> {
  const connection = new Connection(options)
  await connection.open(options.waitMs ?? 5_000)
  return connection
}

class Connection implements SocketConnection {
  readonly store: Store
  readonly bus: RemoteBus
  readonly closed: Promise<void>
  readonly #dir: string
  readonly #worker: string | null
  readonly #logger: Logger
  readonly #clock: Clock
  readonly #end = Promise.withResolvers<void>()
  #link: Link | undefined
  #epoch = ''
  #over = false
  #wake: () => void = () => {}

  constructor(options: ConnectSocketOptions) {
    this.#dir = resolve(options.dir)
    this.#worker = options.worker ?? null
    this.#logger = options.logger ?? silentLogger
    this.#clock = options.clock ?? systemClock
    this.closed = this.#end.promise
    const call = (method: Method, ...args: readonly unknown[]): Promise<unknown> => this.#call(method, args)
    this.store = createRemoteStore({
      call: call as <M extends Method>(method: M, ...args: Parameters<Calls[M]>) => ReturnType<Calls[M]>,
      epoch: () => this.#epoch,
      close: () => this.close(),
    })
    this.bus = new RemoteBus(() => this.close())
  }

  async open(waitMs: number): Promise<void> {
    const until = this.#clock.monotonic() + waitMs
    let delay = FIRST_DELAY_MS
    for (;;) {
      try {
        return await this.#connect()
      } catch (error) {
        const refused = MonofilError.is(error) && error.code !== 'store_unavailable'
        if (refused || this.#clock.monotonic() + delay > until) throw this.#noOwner(error)
      }
      await this.#pause(delay)
      delay = Math.min(MAX_DELAY_MS, delay * 2)
    }
  }

  async close(): Promise<void> {
    if (this.#over) return this.closed
    this.#over = true
    this.#wake()
    this.bus.end(away('The connection was closed.'))
    await this.#link?.finish()
    this.#end.resolve()
  }

  #call(method: Method, args: readonly unknown[]): Promise<unknown> {
    if (this.#over) return Promise.reject(away('The connection was closed.'))
    if (this.#link !== undefined) return this.#link.request(method, args)
    return Promise.reject(away(`No Monofil serves ${this.#dir} now.`))
  }

  async #connect(): Promise<void> {
    const link: Link = await Link.open({
      path: await findSocket(this.#dir),
      worker: this.#worker,
      clock: this.#clock,
      onMessage: (message) => this.bus.deliver(message),
      onClosed: () => this.#lost(link),
    })
    if (this.#over) {
      link.close()
      return
    }
    this.#link = link
    this.#epoch = link.epoch
    this.bus.use(link)
  }

  #lost(link: Link): void {
    if (this.#link !== link) return
    this.#link = undefined
    this.bus.use(undefined)
    if (this.#over) return
    this.#logger.warn("The connection to the store's owner is lost; trying again.", { dir: this.#dir })
    this.#reconnect().catch((error: unknown) => this.#logger.error('Reconnecting failed for good.', { error }))
  }

  async #reconnect(): Promise<void> {
    let delay = FIRST_DELAY_MS
    while (!this.#over) {
      try {
        await this.#connect()
        this.#logger.info("The store's owner is back.", { dir: this.#dir })
        return
      } catch {
        await this.#pause(delay)
        delay = Math.min(MAX_DELAY_MS, delay * 2)
      }
    }
  }

  /** Waits, and keeps the process alive meanwhile: the clock's timers do not, and nothing else might. */
  #pause(ms: number): Promise<void> {
    if (this.#over) return Promise.resolve()
    return new Promise((done) => {
      const alive = setInterval(() => {}, 60_000)
      const stop = this.#clock.after(ms, () => this.#wake())
      this.#wake = () => {
        stop()
        clearInterval(alive)
        this.#wake = () => {}
        done()
      }
    })
  }

  #noOwner(error: unknown): MonofilError {
    return MonofilError.is(error) && !isNobody(error) ? error : notServed(this.#dir, error)
  }
}

/** Whether the socket's file leads to no listening process: it was never made, or its owner is dead. */
function isNobody(error: MonofilError): boolean {
  const { cause } = error
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  return code === 'ECONNREFUSED' || code === 'ENOENT'
}

function away(why: string): MonofilError {
  return new MonofilError('store_unavailable', `${why} Try again when it is back.`)
}
