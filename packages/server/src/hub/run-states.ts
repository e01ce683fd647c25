import { isTerminal, type Run } from '@monofil/protocol'
import type { Clock } from '../seams/system.ts'

interface Paced {
  run: Run
  seq: number
  /** Monotonic ms of the last state that was sent. */
  sentAt: number
  waits: boolean
}

/**
 * Paces the states of runs: a lone change goes out at once, many at most once every `intervalMs` and run, newest
 * wins; the last one always goes out, and an end at once. One timer for all runs.
 */
export class RunStates {
  readonly #clock: Clock
  readonly #intervalMs: number
  readonly #send: (run: Run, seq: number) => void
  readonly #runs = new Map<string, Paced>()
  #stopTimer: (() => void) | undefined = undefined

  constructor(clock: Clock, intervalMs: number, send: (run: Run, seq: number) => void) {
    this.#clock = clock
    this.#intervalMs = intervalMs
    this.#send = send
  }

  changed(run: Run, seq: number): void {
    const now = this.#clock.monotonic()
    const paced = this.#runs.get(run.id)
    if (isTerminal(run.status)) {
      this.#runs.delete(run.id)
      this.#send(run, seq)
    } else if (paced === undefined || now - paced.sentAt >= this.#intervalMs) {
      this.#runs.set(run.id, { run, seq, sentAt: now, waits: false })
      this.#send(run, seq)
    } else {
      paced.run = run
      paced.seq = seq
      paced.waits = true
    }
    this.#arm()
  }

  removed(id: string): void {
    this.#runs.delete(id)
  }

  close(): void {
    this.#stopTimer?.()
    this.#stopTimer = undefined
    this.#runs.clear()
  }

  // The timer also forgets runs that went quiet: without an entry a change is a lone one.
  #arm(): void {
    if (this.#stopTimer !== undefined || this.#runs.size === 0) return
    let due = Number.POSITIVE_INFINITY
    for (const paced of this.#runs.values()) due = Math.min(due, paced.sentAt + this.#intervalMs)
    this.#stopTimer = this.#clock.after(Math.max(1, due - this.#clock.monotonic()), () => {
      this.#stopTimer = undefined
      this.#due(this.#clock.monotonic())
      this.#arm()
    })
  }

  #due(now: number): void {
    for (const [id, paced] of this.#runs) {
      if (now - paced.sentAt < this.#intervalMs) continue
      if (!paced.waits) {
        this.#runs.delete(id)
        continue
      }
      paced.waits = false
      paced.sentAt = now
      this.#send(paced.run, paced.seq)
    }
  }
}
