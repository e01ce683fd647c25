import { useEffect, useState } from 'react'

/** The time in ms, moving every 200 ms while something runs. */
export function useNow(isRunning: boolean): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    if (!isRunning) return
    const timer = setInterval(() => setNow(Date.now()), 200)
    return () => clearInterval(timer)
  }, [isRunning])
  return now
}

/** `0.8 s`, `12.4 s`, `3 min 5 s`. */
export function duration(ms: number, number: (value: number) => string): string {
  const seconds = Math.max(0, ms) / 1000
  if (seconds < 60) return `${number(Math.floor(seconds * 10) / 10)} s`
  return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`
}
