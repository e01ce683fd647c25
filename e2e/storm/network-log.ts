import type { Page } from 'playwright-core'

/** The browser's own account of a page's streams: which were asked for, and which are under way at each moment. */
export interface NetworkLog {
  /** As `page.on('request')` tells. */
  readonly requests: () => number
  /** As the network domain of the developer tools tells: begun and neither finished nor failed. */
  readonly live: () => number
  readonly peak: () => number
  readonly begun: () => number
}

/** Begins to count the requests that `isStream` names. */
export async function watchNetwork(
  page: Page,
  isStream: (method: string, url: string) => boolean,
): Promise<NetworkLog> {
  const live = new Set<string>()
  let requests = 0
  let begun = 0
  let peak = 0
  page.on('request', (request) => {
    if (isStream(request.method(), request.url())) requests += 1
  })
  const tools = await page.context().newCDPSession(page)
  await tools.send('Network.enable')
  tools.on('Network.requestWillBeSent', ({ requestId, request }) => {
    if (!isStream(request.method, request.url)) return
    live.add(requestId)
    begun += 1
    peak = Math.max(peak, live.size)
  })
  tools.on('Network.loadingFinished', ({ requestId }) => live.delete(requestId))
  tools.on('Network.loadingFailed', ({ requestId }) => live.delete(requestId))
  return { requests: () => requests, live: () => live.size, peak: () => peak, begun: () => begun }
}

declare global {
  interface Window {
    /** Timers of code whose stack names one of the marks, by mark. */
    timers: Record<string, { pending: number; peak: number }>
  }
}

/**
 * Counts the timers that are pending, by who set them, without asking whoever that is. A timer that was cleared or
 * has rung is not pending; an interval is until it is cleared.
 */
export async function watchTimers(page: Page, marks: readonly string[]): Promise<void> {
  await page.addInitScript((names) => {
    const { setTimeout, setInterval, clearTimeout } = window
    const owners = new Map<number, string>()
    window.timers = Object.fromEntries(names.map((name) => [name, { pending: 0, peak: 0 }]))
    const over = (id: number) => {
      const count = window.timers[owners.get(id) ?? '']
      if (owners.delete(id) && count !== undefined) count.pending -= 1
    }
    const watched = (plain: (handler: () => void, ms?: number) => number, rings: 'once' | 'often') => {
      return (handler: () => void, ms?: number): number => {
        const stack = new Error('where from').stack ?? ''
        const name = names.find((mark) => stack.includes(mark))
        const count = window.timers[name ?? '']
        if (name === undefined || count === undefined) return plain.call(window, handler, ms)
        const ring = () => {
          over(id)
          handler()
        }
        const id = plain.call(window, rings === 'once' ? ring : handler, ms)
        owners.set(id, name)
        count.pending += 1
        count.peak = Math.max(count.peak, count.pending)
        return id
      }
    }
    const clear = (id?: number) => {
      if (id !== undefined) over(id)
      clearTimeout.call(window, id)
    }
    Object.assign(window, {
      setTimeout: watched(setTimeout as (handler: () => void, ms?: number) => number, 'once'),
      setInterval: watched(setInterval as (handler: () => void, ms?: number) => number, 'often'),
      clearTimeout: clear,
      clearInterval: clear,
    })
  }, marks)
}
