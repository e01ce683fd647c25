import { monitorEventLoopDelay } from 'node:perf_hooks'

/** How long this process's loop kept others waiting, in ms. */
export interface LoopFigures {
  /** On the wall's clock: also what other programs took of the processor. */
  readonly p99Ms: number
  readonly maxMs: number
  /** The most CPU that the loop's thread used between two ticks of a timer of 1 ms: what its longest turn took itself. */
  readonly maxCpuMs: number
}

/** Measures this thread's loop, by its delay and by the CPU of its turns. */
export class LoopMeter {
  readonly #delay = monitorEventLoopDelay({ resolution: 1 })
  #timer: NodeJS.Timeout | undefined
  #maxCpuUs = 0

  start(): void {
    this.#delay.reset()
    this.#delay.enable()
    this.#maxCpuUs = 0
    let before = cpuUs()
    clearInterval(this.#timer)
    this.#timer = setInterval(() => {
      const now = cpuUs()
      this.#maxCpuUs = Math.max(this.#maxCpuUs, now - before)
      before = now
    }, 1)
  }

  stop(): LoopFigures {
    clearInterval(this.#timer)
    this.#delay.disable()
    const { max } = this.#delay
    return { p99Ms: this.#delay.percentile(99) / 1e6, maxMs: max / 1e6, maxCpuMs: this.#maxCpuUs / 1_000 }
  }
}

function cpuUs(): number {
  const { user, system } = process.threadCpuUsage()
  return user + system
}
