import { Worker } from 'node:worker_threads'
import { MonofilError } from '@monofil/protocol'
import { unpackError } from './errors.ts'
import type { Opened } from './recovery.ts'
import type { FromThread, ThreadRole, ToThread } from './thread-messages.ts'

/** A call that waits for its answer. `source` is what the answer will be put together with. */
export interface PendingCall {
  readonly method: string
  readonly args: unknown
  readonly source: unknown
  /** About how many bytes its arguments have. */
  readonly size: number
  readonly resolve: (answer: unknown) => void
  readonly reject: (error: MonofilError) => void
}

/** What a link tells its owner. */
export interface LinkHooks {
  readonly role: ThreadRole
  /** Calls in one request at most. */
  readonly maxCalls: number
  /** Whether a slow request makes the next one wait a little for those who were just answered. */
  readonly gathers: boolean
  /** The fields that go with the calls of a request, such as the time. */
  readonly moment: () => object
  /** Settles every one of the calls. */
  readonly deliver: (calls: readonly PendingCall[], answers: unknown) => void
  readonly onWarning: (message: string, error: MonofilError) => void
  /** The thread is gone and all that waited was rejected; called once, not after `close`. */
  readonly onFailure: (error: MonofilError) => void
}

/** Starts the thread of a role; a `ThreadLink` takes it over. */
export function startThread(role: ThreadRole): Worker {
  const source = import.meta.url.endsWith('.ts')
  // Run from source, a worker does not inherit the condition under which the packages name their sources.
  const execArgv = source ? ['--conditions=@monofil/source'] : []
  const url = new URL(source ? './thread.ts' : './thread.js', import.meta.url)
  return new Worker(url, { workerData: role, execArgv, name: `monofil-sqlite-${role}` })
}

/** About how many bytes one request carries; a larger call goes alone. */
const MAX_REQUEST_BYTES = 1_000_000

/** A request that took this long waited for a disk, and the part of that time for which the next one may wait. */
const SLOW_MS = 1.5
const GATHER_SHARE = 0.3

/**
 * The main thread's end of a SQLite thread. One request is in flight at a time; what is called meanwhile waits and
 * goes together in the next. The queue is bounded by its callers: each of them awaits its answer.
 *
 * On a slow disk, publishers that each await their commit fall into two halves that take turns: half of them arrive
 * while the other half is being committed, and every commit carries half of what it could. So when others wait already,
 * those who were just answered get a moment to come back (as PostgreSQL's commit_delay does).
 */
export class ThreadLink {
  readonly #worker: Worker
  readonly #hooks: LinkHooks
  #waiting: PendingCall[] = []
  #inFlight: readonly PendingCall[] | undefined
  #scheduled = false
  /** Real time, whatever clock the store was given: this is about the disk. */
  #sentAt = 0
  #gathering: NodeJS.Timeout | undefined
  /** So many wait when everybody has come back. */
  #enough = 0
  #closing: PromiseWithResolvers<void> | undefined
  #mayEnd = false
  #gone: MonofilError | undefined
  readonly #opened = Promise.withResolvers<Opened | null>()

  constructor(worker: Worker, hooks: LinkHooks) {
    this.#worker = worker
    this.#hooks = hooks
    this.#worker.on('message', (message: FromThread) => this.#receive(message))
    this.#worker.on('error', (error) => this.#fail(threadDied(hooks.role, error)))
    this.#worker.on('exit', () => this.#exited())
    this.#opened.promise.catch(() => {})
  }

  open(message: Omit<Extract<ToThread, { kind: 'open' }>, 'kind'>): Promise<Opened | null> {
    this.#post({ kind: 'open', ...message })
    return this.#opened.promise
  }

  /** @throws (rejects) what the command throws, or `store_unavailable` when the store is closed or its thread died. */
  call(
    method: string,
    args: unknown,
    extra: { readonly source?: unknown; readonly size?: number } = {},
  ): Promise<unknown> {
    if (this.#gone !== undefined) return Promise.reject(this.#gone)
    if (this.#closing !== undefined) return Promise.reject(closed())
    return new Promise((resolve, reject) => {
      const { source, size = 200 } = extra
      this.#waiting.push({ method, args, source, size, resolve, reject })
      if (this.#gathering !== undefined && this.#waiting.length >= this.#enough) this.#gathered()
      else this.#schedule()
    })
  }

  /** Takes no more calls, answers what was accepted, then, once `after` is over, ends the thread. */
  async close(after?: Promise<unknown>): Promise<void> {
    this.#closing ??= Promise.withResolvers()
    await after
    this.#mayEnd = true
    if (this.#gone === undefined) this.#closeWhenIdle()
    else this.#closing.resolve()
    await this.#closing.promise
    await this.#worker.terminate()
  }

  /** Sends at the end of this turn of the loop, so that all that arrives in one turn shares a request. */
  #schedule(): void {
    if (this.#scheduled || this.#inFlight !== undefined || this.#gathering !== undefined) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      this.#send()
    })
  }

  #send(): void {
    if (this.#inFlight !== undefined || this.#waiting.length === 0 || this.#gone !== undefined) return
    const calls = takeRequest(this.#waiting, this.#hooks.maxCalls)
    this.#waiting = this.#waiting.slice(calls.length)
    this.#inFlight = calls
    this.#sentAt = performance.now()
    try {
      this.#post(requestOf(calls, this.#hooks.moment()))
    } catch {
      this.#inFlight = refuseUncopied(calls)
      if (this.#inFlight.length > 0) this.#post(requestOf(this.#inFlight, this.#hooks.moment()))
      else this.#goOn()
    }
  }

  #goOn(): void {
    const answered = this.#inFlight?.length ?? 0
    this.#inFlight = undefined
    if (this.#waiting.length === 0) this.#closeWhenIdle()
    else if (!this.#gather(answered)) this.#schedule()
  }

  #gather(answered: number): boolean {
    const tookMs = performance.now() - this.#sentAt
    if (!this.#hooks.gathers || tookMs < SLOW_MS || this.#closing !== undefined) return false
    this.#enough = Math.min(this.#waiting.length + answered, this.#hooks.maxCalls)
    if (this.#waiting.length >= this.#enough) return false
    this.#gathering = setTimeout(() => this.#gathered(), tookMs * GATHER_SHARE)
    return true
  }

  #gathered(): void {
    clearTimeout(this.#gathering)
    this.#gathering = undefined
    this.#schedule()
  }

  #post(message: ToThread): void {
    this.#worker.postMessage(message)
  }

  #receive(message: FromThread): void {
    if (message.kind === 'answers') {
      this.#hooks.deliver(this.#inFlight ?? [], message.answers)
      this.#goOn()
    } else if (message.kind === 'opened') {
      this.#opened.resolve(message.opened)
    } else if (message.kind === 'warning') {
      this.#hooks.onWarning(message.message, unpackError(message.error))
    } else if (message.kind === 'failed') {
      this.#fail(unpackError(message.error))
    }
  }

  #closeWhenIdle(): void {
    if (this.#mayEnd && this.#inFlight === undefined && this.#waiting.length === 0) this.#post({ kind: 'close' })
  }

  #exited(): void {
    if (this.#mayEnd && this.#inFlight === undefined) {
      this.#gone ??= closed()
      this.#closing?.resolve()
    } else {
      this.#fail(threadDied(this.#hooks.role, undefined))
    }
  }

  #fail(error: MonofilError): void {
    if (this.#gone !== undefined) return
    this.#gone = error
    clearTimeout(this.#gathering)
    this.#gathering = undefined
    const calls = [...(this.#inFlight ?? []), ...this.#waiting]
    this.#inFlight = undefined
    this.#waiting = []
    for (const call of calls) call.reject(error)
    this.#opened.reject(error)
    void this.#worker.terminate()
    if (this.#closing === undefined) this.#hooks.onFailure(error)
    else this.#closing.resolve()
  }
}

function requestOf(calls: readonly PendingCall[], moment: object): ToThread {
  const flat: unknown[] = []
  for (const call of calls) flat.push(call.method, call.args)
  return { kind: 'run', request: { ...moment, calls: flat } }
}

/** Arguments that hold a function or the like cannot cross to a thread: rejects their callers, answers the others. */
function refuseUncopied(calls: readonly PendingCall[]): readonly PendingCall[] {
  return calls.filter((call) => {
    try {
      structuredClone(call.args)
      return true
    } catch (cause) {
      call.reject(new MonofilError('internal', `${call.method} was given something that is no plain data`, { cause }))
      return false
    }
  })
}

function takeRequest(waiting: readonly PendingCall[], maxCalls: number): readonly PendingCall[] {
  let bytes = 0
  let count = 0
  for (const call of waiting) {
    bytes += call.size
    if (count >= maxCalls || (count > 0 && bytes > MAX_REQUEST_BYTES)) break
    count += 1
  }
  return count === waiting.length ? waiting : waiting.slice(0, count)
}

function closed(): MonofilError {
  return new MonofilError('store_unavailable', 'The store is closed. Open it again to go on.')
}

function threadDied(role: ThreadRole, cause: unknown): MonofilError {
  const why = cause instanceof Error ? `: ${cause.message}` : ''
  return new MonofilError('store_unavailable', `The store's ${role} thread ended${why}. Start the process again.`, {
    cause,
  })
}
