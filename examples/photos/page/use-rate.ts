import { useEffect, useRef, useState } from 'react'

const WINDOW_MS = 10_000

/** How many were done per second, over the last 10 s; null while that says nothing, or nothing runs. */
export function useRate(done: number, isRunning: boolean): number | null {
  const samples = useRef<{ readonly at: number; readonly done: number }[]>([])
  const latest = useRef(done)
  const [rate, setRate] = useState<number | null>(null)
  latest.current = done
  useEffect(() => {
    samples.current = []
    setRate(null)
    if (!isRunning) return
    const look = () => {
      const at = performance.now()
      const kept = samples.current.filter((one) => at - one.at <= WINDOW_MS)
      kept.push({ at, done: latest.current })
      samples.current = kept
      const first = kept[0]
      const seconds = first === undefined ? 0 : (at - first.at) / 1000
      setRate(seconds < 1 || first === undefined ? null : (latest.current - first.done) / seconds)
    }
    look()
    const timer = setInterval(look, 500)
    return () => clearInterval(timer)
  }, [isRunning])
  return rate
}
