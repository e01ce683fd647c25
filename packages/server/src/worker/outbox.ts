import { MonofilError } from '@monofil/protocol'
import type { NewLogLine, Outcome, Store } from '../seams/store.ts'
import type { Clock, Logger, Random } from '../seams/system.ts'
import { Backoff } from './backoff.ts'
import { Extras } from './extras.ts'
import { failed, isOutage } from './outcome.ts'

/** At most this much goes to the store at once; what arrives meanwhile makes the next lot. */
const MAX_OUTCOMES = 500
const MAX_CHARS = 8 * 1024 * 1024
/** Lines that wait for a store that is away; older ones go first. */
const MAX_LINES = 5_000
const MAX_LINE_CHARS = 8 * 1024 * 1024

export interface OutboxOptions {
  readonly store: Store
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  /** What of one text is kept, in UTF-16 characters. */
  readonly maxTextChars: number
  /** These outcomes are done with: recorded, or refused because the lease was lost. */
  onSettled(fences: readonly number[], failures: boolean): void
}

/**
 * Brings outcomes and log lines to the store in lots, one in flight: all that came while the last one was under way.
 * Lines, texts and KPIs go before the outcomes of their items, which end the lease they need. What the store did not acknowledge is
 * sent again until it does; the fence makes that harmless.
 */
export class Outbox {
  readonly #options: OutboxOptions
  readonly #backoff: Backoff
  /** Texts and KPIs. */
  readonly extras: Extras
  #outcomes: Outcome[] = []
  #lines: NewLogLine[] = []
  #lineChars = 0
  #droppedLines = 0
  #flushing = false
  #closed = false
  #stopTimer: () => void = () => {}
  #idle: (() => void)[] = []

  constructor(options: OutboxOptions) {
    this.#options = options
    this.#backoff = new Backoff(options.random)
    this.extras = new Extras({ ...options, onDue: () => this.#flush() })
  }

  /** Outcomes that are not yet acknowledged. */
  get waiting(): number {
    return this.#outcomes.length
  }

  add(outcome: Outcome): void {
    this.#outcomes.push(outcome)
    this.#flush()
  }

  log(line: NewLogLine): void {
    this.#lines.push(line)
    this.#lineChars += charsOf(line)
    this.#dropOldLines()
    this.#flush()
  }

  /** Resolves when everything is acknowledged, or after `ms`. */
  drained(ms: number): Promise<void> {
    if (this.#isEmpty()) return Promise.resolve()
    return new Promise((resolve) => {
      const stop = this.#options.clock.after(ms, resolve)
      this.#idle.push(() => {
        stop()
        resolve()
      })
    })
  }

  /** Stops sending; what is left is given up, and its leases end by themselves. */
  close(): void {
    this.#closed = true
    this.#stopTimer()
    this.extras.close()
  }

  #isEmpty(): boolean {
    return this.#hasNothing() && this.extras.isEmpty && !this.#flushing
  }

  #hasNothing(): boolean {
    return this.#outcomes.length === 0 && this.#lines.length === 0 && !this.extras.isDue
  }

  #flush(): void {
    if (this.#flushing || this.#closed) return
    this.#flushing = true
    this.#start()
  }

  #start(): void {
    // From the next microtask on: what ends in this turn goes together.
    this.#flushAll().catch((error: unknown) => this.#options.logger.error('The outbox failed.', { error }))
  }

  async #flushAll(): Promise<void> {
    await Promise.resolve()
    let away = false
    while (!this.#closed && !away && !this.#hasNothing()) away = !(await this.#sendLot())
    if (away) {
      // Still counts as flushing: what is added meanwhile waits with the rest.
      this.#stopTimer = this.#options.clock.after(this.#backoff.next(), () => this.#start())
      return
    }
    this.#flushing = false
    this.#backoff.reset()
    if (!this.#isEmpty()) return
    for (const idle of this.#idle.splice(0)) idle()
  }

  /** Sends one lot and answers whether the store is there. */
  async #sendLot(): Promise<boolean> {
    const { store } = this.#options
    const outcomes = takeLot(this.#outcomes)
    // Awaited: an outcome that was recorded without what its item said would lose it.
    if (!(await this.extras.send(outcomes.map(({ fence }) => fence)))) return false
    const lines = this.#lines
    this.#lines = []
    this.#lineChars = 0
    this.#reportDropped()
    const logged = lines.length > 0 ? store.work.logLines(lines) : undefined
    const settled = outcomes.length > 0 ? this.#settle(outcomes) : true
    const [logs, there] = await Promise.allSettled([logged, settled])
    if (logs.status === 'rejected') this.#linesFailed(lines, logs.reason)
    return there.status === 'fulfilled' && there.value && (logs.status === 'fulfilled' || !isOutage(logs.reason))
  }

  async #settle(outcomes: readonly Outcome[]): Promise<boolean> {
    try {
      const accepted = await this.#options.store.work.settle(outcomes)
      this.#settled(outcomes, accepted)
      return true
    } catch (error) {
      if (isOutage(error)) return false
      return this.#settleOneByOne(outcomes, error)
    }
  }

  /** One of them is refused: the others must not suffer for it. */
  async #settleOneByOne(outcomes: readonly Outcome[], cause: unknown): Promise<boolean> {
    for (const outcome of outcomes) {
      const tries = [outcome, refusedOutcome(outcome.fence, cause)]
      for (const attempt of tries) {
        try {
          this.#settled([outcome], await this.#options.store.work.settle([attempt]))
          break
        } catch (error) {
          if (isOutage(error)) return false
          this.#options.logger.error('The store refused an outcome.', { fence: outcome.fence, error })
          if (attempt !== outcome) this.#settled([outcome], [false])
        }
      }
    }
    return true
  }

  #settled(outcomes: readonly Outcome[], accepted: readonly boolean[]): void {
    const fences = outcomes.map(({ fence }) => fence)
    const done = new Set(fences)
    // The lot is at the front, and nothing but this takes from it.
    this.#outcomes = this.#outcomes.filter(({ fence }) => !done.has(fence))
    const late = fences.filter((_, index) => accepted[index] !== true)
    if (late.length > 0)
      this.#options.logger.warn('Late outcomes were refused: their leases are lost.', { fences: late })
    this.#options.onSettled(
      fences,
      outcomes.some(({ kind }) => kind === 'failed'),
    )
  }

  #linesFailed(lines: readonly NewLogLine[], error: unknown): void {
    if (isOutage(error)) {
      this.#lines = [...lines, ...this.#lines]
      for (const line of lines) this.#lineChars += charsOf(line)
      this.#dropOldLines()
      return
    }
    this.#options.logger.error('The store refused log lines; they are dropped.', { lines: lines.length, error })
  }

  #dropOldLines(): void {
    let drop = 0
    while (this.#lines.length - drop > MAX_LINES || this.#lineChars > MAX_LINE_CHARS) {
      const line = this.#lines[drop]
      if (line === undefined) break
      this.#lineChars -= charsOf(line)
      drop++
    }
    if (drop > 0) this.#lines = this.#lines.slice(drop)
    this.#droppedLines += drop
  }

  #reportDropped(): void {
    if (this.#droppedLines === 0) return
    this.#options.logger.warn('Log lines were dropped while the store was away.', { lines: this.#droppedLines })
    this.#droppedLines = 0
  }
}

function charsOf(line: NewLogLine): number {
  return line.message.length + (line.dataJson?.length ?? 0)
}

function takeLot(outcomes: readonly Outcome[]): readonly Outcome[] {
  let chars = 0
  let count = 0
  for (const outcome of outcomes) {
    chars += outcome.kind === 'completed' ? outcome.resultJson.length : 0
    if (count > 0 && (count === MAX_OUTCOMES || chars > MAX_CHARS)) break
    count++
  }
  return outcomes.slice(0, count)
}

function refusedOutcome(fence: number, cause: unknown): Outcome {
  const why = MonofilError.is(cause) ? cause.message : 'its log says why'
  return failed(fence, 'internal', `The store refused what this attempt answered: ${why}`)
}
