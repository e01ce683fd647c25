/** The time of day for what shows it: moves once a second while someone looks, and stands still in a hidden tab. */
export interface Clock {
  now(): number
  subscribe(listener: () => void): () => void
}

/** One timer for all that shows a time, however many there are; none while nothing does. */
export function createClock(doc: Document = document): Clock {
  const listeners = new Set<() => void>()
  let now = Date.now()
  let timer: ReturnType<typeof setInterval> | undefined
  const tick = () => {
    now = Date.now()
    for (const listener of [...listeners]) listener()
  }
  const update = () => {
    const wanted = listeners.size > 0 && doc.visibilityState === 'visible'
    if (wanted && timer === undefined) {
      timer = setInterval(tick, 1000)
      tick()
    } else if (!wanted && timer !== undefined) {
      clearInterval(timer)
      timer = undefined
    }
  }
  return {
    now: () => now,
    subscribe(listener) {
      if (listeners.size === 0) {
        doc.addEventListener('visibilitychange', update)
        now = Date.now()
      }
      listeners.add(listener)
      update()
      return () => {
        listeners.delete(listener)
        if (listeners.size === 0) doc.removeEventListener('visibilitychange', update)
        update()
      }
    },
  }
}
