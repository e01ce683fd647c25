import { MonofilError } from '@monofil/protocol'
import type { Lease, Store, WorkflowPlan } from '../seams/store.ts'
import type { Clock, Logger, Random } from '../seams/system.ts'
import { Backoff } from './backoff.ts'
import { isOutage } from './outcome.ts'

/** Without a wake-up the store is asked this often at least: a lost one costs no more. */
const POLL_MS = 1_000
const MIN_POLL_MS = 10

export interface ClaimerOptions {
  readonly store: Store
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly worker: string
  readonly plans: readonly WorkflowPlan[]
  readonly leaseMs: number
  /** How many leases there is room for now. */
  free(): number
  onLeases(leases: readonly Lease[]): void
}

/** Asks the store for work: when poked, once a second, and as soon as a sweep said that something falls due. */
export class Claimer {
  readonly #options: ClaimerOptions
  readonly #workflows: readonly string[]
  readonly #backoff: Backoff
  readonly #limited: boolean
  #registered = false
  #sweepAt = 0
  /** Less than there is room for only while answers are too large for the way to the store. */
  #maxClaim = Number.POSITIVE_INFINITY
  #again = false
  /** Said once, however long it lasts. */
  #away = false
  #cycle: Promise<void> | undefined
  #waiting = false
  /** Set before the start, and again for good by `stop`. */
  #stopped = true
  #over = false
  #stopTimer: () => void = () => {}

  constructor(options: ClaimerOptions) {
    this.#options = options
    this.#workflows = options.plans.map(({ name }) => name)
    this.#backoff = new Backoff(options.random)
    this.#limited = options.plans.some(({ steps }) => steps.some(({ limits = [] }) => limits.length > 0))
  }

  /** Registers the workflows and begins. @throws what the store says to the registration. */
  async start(): Promise<void> {
    await this.#register()
    this.#stopped = this.#over
    this.poke()
  }

  /** Resolves when no claim is under way any more. */
  async stop(): Promise<void> {
    this.#over = true
    this.#stopped = true
    this.#stopTimer()
    await this.#cycle
  }

  /** There may be work, or room for it. */
  poke(): void {
    if (this.#stopped || this.#waiting) return
    this.#again = true
    this.#cycle ??= this.#run().finally(() => {
      this.#cycle = undefined
      // Poked between the loop's last look and here.
      if (this.#again) this.poke()
    })
  }

  /** Something may fall due before the time the last sweep named. */
  sweepSoon(): void {
    this.#sweepAt = 0
  }

  async #run(): Promise<void> {
    this.#stopTimer()
    try {
      while (this.#again && !this.#stopped) {
        this.#again = false
        if (!this.#registered) await this.#register()
        await this.#ask()
      }
      this.#backoff.reset()
      this.#back()
      this.#arm(Math.min(POLL_MS, this.#sweepAt - this.#options.clock.monotonic()))
    } catch (error) {
      this.#failed(error)
    }
  }

  async #register(): Promise<void> {
    await this.#options.store.workflows.register(this.#options.plans)
    this.#registered = true
  }

  /** One sweep if it is due and one claim if there is room, under way together. */
  async #ask(): Promise<void> {
    const { store, clock, onLeases } = this.#options
    const isDue = clock.monotonic() >= this.#sweepAt
    const sweeping = isDue ? store.work.sweep() : undefined
    const max = Math.min(this.#options.free(), this.#maxClaim)
    const claiming = max > 0 ? this.#claim(max) : undefined
    const [swept, claimed] = await Promise.allSettled([sweeping, claiming])
    if (claimed.status === 'fulfilled' && claimed.value !== undefined) {
      onLeases(claimed.value)
      // As much as was asked for: there may be more.
      if (claimed.value.length === max && this.#options.free() > 0) this.#again = true
    }
    if (swept.status === 'fulfilled' && swept.value !== undefined) {
      this.#sweepAt = clock.monotonic() + Math.min(POLL_MS, Math.max(MIN_POLL_MS, swept.value))
    }
    if (claimed.status === 'rejected') throw claimed.reason
    if (this.#limited && claimed.value !== undefined && claimed.value.length < max) await this.#sweep()
    if (swept.status === 'rejected') throw swept.reason
  }

  /** What a limit held back is known only after the claim: when its next slot comes is asked for then. */
  async #sweep(): Promise<void> {
    const { store, clock } = this.#options
    const nextMs = await store.work.sweep()
    this.#sweepAt = clock.monotonic() + Math.min(POLL_MS, Math.max(MIN_POLL_MS, nextMs))
  }

  async #claim(max: number): Promise<readonly Lease[]> {
    const { store, worker, leaseMs } = this.#options
    try {
      const leases = await store.work.claim({ worker, workflows: this.#workflows, max, leaseMs })
      this.#maxClaim = this.#maxClaim * 2
      return leases
    } catch (error) {
      if (!MonofilError.is(error) || error.code !== 'too_large' || max === 1) throw error
      this.#maxClaim = Math.ceil(max / 2)
      this.#again = true
      return []
    }
  }

  #failed(error: unknown): void {
    const { logger, worker } = this.#options
    // A store that comes back may be another one: it is told the workflows again.
    this.#registered = false
    if (isOutage(error)) {
      if (!this.#away) logger.warn('The store is away; the worker waits for it.', { worker, error: error.message })
      this.#away = true
    } else logger.error('Asking for work failed; trying again.', { worker, error })
    this.#waiting = true
    this.#arm(this.#backoff.next())
  }

  #back(): void {
    if (!this.#away) return
    this.#away = false
    this.#options.logger.info('The store is back.', { worker: this.#options.worker })
  }

  #arm(ms: number): void {
    if (this.#stopped) return
    this.#stopTimer = this.#options.clock.after(Math.max(MIN_POLL_MS, ms), () => {
      this.#waiting = false
      this.poke()
    })
  }
}
