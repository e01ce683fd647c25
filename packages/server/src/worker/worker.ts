import { DEFAULT_TEXT_CHARS, isId, MonofilError } from '@monofil/protocol'
import type { Lease } from '../seams/store.ts'
import { type Clock, type Logger, type Random, silentLogger, systemClock } from '../seams/system.ts'
import { LeasesAhead } from './ahead.ts'
import { Attempt } from './attempt.ts'
import { BeatThread } from './beat-thread.ts'
import { Claimer } from './claimer.ts'
import { type Keeper, type KeeperEvents, LeaseKeeper } from './keeper.ts'
import { Outbox } from './outbox.ts'
import { byName, type WorkerOptions, wholeOption } from './worker-options.ts'
import { planOf, type Workflow } from './workflow.ts'

/** How long `stop` waits, after the last handler, for the store to take what they answered. */
const FAREWELL_MS = 2_000

/** How many fences that were taken back are remembered, in case the news came before the claim's own answer. */
const MAX_EARLY = 1_000

/** Runs the items of its workflows. */
export interface Worker {
  /** Handlers that run now. */
  readonly running: number
  /** Registers the workflows and begins. @throws `store_unavailable` when the store is away, `invalid_state` twice. */
  start(): Promise<void>
  /**
   * Claims nothing more, lets running handlers end for `graceMs`, then aborts their signals and gives their items
   * back. Never rejects; a second call waits for the first.
   */
  stop(options?: { readonly graceMs?: number }): Promise<void>
}

/**
 * Makes a worker; it begins with `start`. While the store is away it waits and goes on by itself.
 * @throws `invalid_request` for a bad option or two workflows with one name.
 */
export function createWorker(options: WorkerOptions): Worker {
  return new ItemWorker(options)
}

class ItemWorker implements Worker {
  readonly #options: WorkerOptions
  readonly #workflows: ReadonlyMap<string, Workflow>
  readonly #concurrency: number
  readonly #leaseMs: number
  readonly #maxTextChars: number
  readonly #logger: Logger
  readonly #clock: Clock
  readonly #random: Random
  readonly #attempts = new Map<number, Attempt>()
  readonly #outbox: Outbox
  readonly #claimer: Claimer
  readonly #ahead: LeasesAhead
  readonly #early = new Set<number>()
  #keeper: Keeper | undefined
  #stopping: Promise<void> | undefined
  #stopListening: () => void = () => {}
  #idle: () => void = () => {}

  constructor(options: WorkerOptions) {
    const { store, workflows, id, concurrency = 8, leaseMs = 15_000 } = options
    if (!isId(id)) throw new MonofilError('invalid_request', `A worker's id must be an id, not ${JSON.stringify(id)}.`)
    this.#options = options
    this.#workflows = byName(workflows)
    this.#concurrency = wholeOption('concurrency', concurrency, 1, 1_000)
    this.#leaseMs = wholeOption('leaseMs', leaseMs, 100, 3_600_000)
    this.#logger = options.logger ?? silentLogger
    this.#clock = options.clock ?? systemClock
    this.#random = options.random ?? Math.random
    this.#ahead = new LeasesAhead({
      clock: this.#clock,
      concurrency: this.#concurrency,
      giveBack: (leases) => this.#giveBack(leases),
      onDue: () => this.#startNext(),
    })
    const common = { store, clock: this.#clock, random: this.#random, logger: this.#logger }
    const { maxTextChars = DEFAULT_TEXT_CHARS } = options
    this.#maxTextChars = wholeOption('maxTextChars', maxTextChars, 1, 100_000_000)
    this.#outbox = new Outbox({
      ...common,
      maxTextChars: this.#maxTextChars,
      onSettled: (fences, failures) => this.#settled(fences, failures),
    })
    this.#claimer = new Claimer({
      ...common,
      worker: id,
      plans: workflows.map(planOf),
      leaseMs: this.#leaseMs,
      free: () => this.#free(),
      onLeases: (leases) => this.#take(leases),
    })
  }

  get running(): number {
    return this.#attempts.size
  }

  async start(): Promise<void> {
    if (this.#keeper !== undefined)
      throw new MonofilError('invalid_state', `Worker ${this.#options.id} was started before.`)
    this.#keeper = this.#createKeeper()
    this.#stopListening = this.#options.bus.listen((message) => {
      if (message.kind !== 'commit') return
      if (message.commit.revoked.length > 0) this.#revoked(message.commit.revoked)
      if (message.commit.work) this.#claimer.poke()
    })
    try {
      await this.#keeper.ready()
      if (this.#stopping !== undefined) {
        throw new MonofilError('invalid_state', `Worker ${this.#options.id} was stopped before it had begun.`)
      }
      await this.#claimer.start()
    } catch (error) {
      await this.stop({ graceMs: 0 })
      throw error
    }
  }

  stop(options: { readonly graceMs?: number } = {}): Promise<void> {
    this.#stopping ??= this.#stop(options.graceMs ?? 10_000)
    return this.#stopping
  }

  async #stop(graceMs: number): Promise<void> {
    this.#stopListening()
    await this.#claimer.stop()
    this.#giveBack(this.#ahead.drain())
    await this.#handlersEnded(graceMs)
    for (const attempt of this.#attempts.values()) attempt.interrupt('released')
    await this.#handlersEnded(FAREWELL_MS)
    await this.#outbox.drained(FAREWELL_MS)
    this.#outbox.close()
    await this.#keeper?.close()
  }

  #handlersEnded(ms: number): Promise<void> {
    if (this.#attempts.size === 0) return Promise.resolve()
    return new Promise((resolve) => {
      const stop = this.#clock.after(ms, resolve)
      this.#idle = () => {
        stop()
        resolve()
      }
    })
  }

  #createKeeper(): Keeper {
    const { store, id, beat } = this.#options
    const events: KeeperEvents = {
      timedOut: (fence) => this.#attempts.get(fence)?.interrupt('timeout'),
      lost: (fences) => this.#lost(fences),
    }
    const common = { leaseMs: this.#leaseMs, clock: this.#clock, events }
    if (beat !== undefined) return new BeatThread({ ...common, dir: beat.dir, worker: id, logger: this.#logger })
    return new LeaseKeeper({ ...common, renew: (fences) => store.work.renew(id, fences, this.#leaseMs) })
  }

  /** Room for further leases: one per idle handler, and a few ahead while handlers are short. */
  #free(): number {
    // Answers that the store has not taken yet count too: while it is slow or away, they must not pile up.
    const unsettled = Math.max(0, this.#outbox.waiting - this.#concurrency)
    return this.#concurrency - this.#attempts.size + this.#ahead.room - unsettled
  }

  #take(leases: readonly Lease[]): void {
    if (leases.length === 0) return
    if (this.#stopping !== undefined) {
      this.#giveBack(leases)
      return
    }
    const good = leases.filter(({ fence }) => !this.#early.has(fence))
    this.#keeper?.hold(good.map(({ fence }) => fence))
    this.#ahead.push(good)
    this.#startNext()
  }

  #startNext(): void {
    while (this.#attempts.size < this.#concurrency) {
      const lease = this.#ahead.shift()
      if (lease === undefined) return
      this.#run(lease).catch((error: unknown) => this.#logger.error('An attempt could not be run.', { error }))
    }
    this.#ahead.watch()
  }

  #giveBack(leases: readonly Lease[]): void {
    for (const { fence } of leases) this.#outbox.add({ fence, kind: 'released' })
  }

  async #run(lease: Lease): Promise<void> {
    const { fence } = lease
    const workflow = this.#workflows.get(lease.workflow)
    if (workflow === undefined) {
      this.#outbox.add({ fence, kind: 'released' })
      return
    }
    const attempt = new Attempt({
      lease,
      workflow,
      store: this.#options.store,
      clock: this.#clock,
      random: this.#random,
      onLog: (line) => this.#outbox.log(line),
      extras: this.#outbox.extras,
      maxTextChars: this.#maxTextChars,
    })
    this.#attempts.set(fence, attempt)
    this.#keeper?.start(fence, lease.timeoutMs)
    const began = this.#clock.monotonic()
    const outcome = await attempt.run()
    this.#attempts.delete(fence)
    this.#ahead.took(this.#clock.monotonic() - began)
    if (outcome !== undefined) {
      this.#keeper?.finish(fence)
      this.#outbox.add(outcome)
    }
    this.#startNext()
    this.#claimer.poke()
    if (this.#attempts.size === 0) this.#idle()
  }

  #settled(fences: readonly number[], failures: boolean): void {
    this.#keeper?.drop(fences)
    // A failure may have begun a backoff shorter than the next sweep.
    if (failures) this.#claimer.sweepSoon()
    this.#claimer.poke()
  }

  /** The store took these back on purpose: nobody waits for what their handlers do. */
  #revoked(fences: readonly number[]): void {
    const held = fences.filter((fence) => this.#attempts.has(fence) || this.#ahead.has(fence))
    for (const fence of fences) this.#early.add(fence)
    // Sets keep their order: the oldest go first.
    for (const fence of this.#early) {
      if (this.#early.size <= MAX_EARLY) break
      this.#early.delete(fence)
    }
    if (held.length === 0) return
    this.#keeper?.drop(held)
    this.#ahead.remove(new Set(held))
    for (const fence of held) this.#attempts.get(fence)?.interrupt('revoked')
    this.#logger.info('Leases were taken back.', { worker: this.#options.id, fences: held })
  }

  #lost(fences: readonly number[]): void {
    // A renewal that crosses a settlement names leases that ended well: only what is still held here is lost.
    const held = fences.filter((fence) => this.#attempts.has(fence) || this.#ahead.has(fence))
    if (held.length === 0) return
    this.#ahead.remove(new Set(held))
    for (const fence of held) this.#attempts.get(fence)?.interrupt('lost')
    this.#logger.warn('Leases are lost; their items go to other workers.', { worker: this.#options.id, fences: held })
  }
}
