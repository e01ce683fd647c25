import { monitorEventLoopDelay } from 'node:perf_hooks'

/** What a process has used since the last time it was asked; `peakMb` since it began. */
export interface Usage {
  readonly peakMb: number
  readonly cpuMs: number
  /** Event loop delay, in ms. */
  readonly loopP99Ms: number
}

const delay = monitorEventLoopDelay({ resolution: 1 })
delay.enable()
let before = process.cpuUsage()

/** CPU of all threads and the loop's delay since the last call, and the most memory ever resident. */
export function usage(): Usage {
  const { user, system } = process.cpuUsage(before)
  before = process.cpuUsage()
  const loopP99Ms = delay.percentile(99) / 1e6
  delay.reset()
  return { peakMb: process.resourceUsage().maxRSS / 1024, cpuMs: (user + system) / 1000, loopP99Ms }
}
