import { useEffect, useRef, useState } from 'react'
import { Piecework, type Task } from './piecework.ts'

/**
 * What came last of a wish that takes long, worked on between frames; null before the first result and while nothing is
 * wished for. `task` must stay the same, and a wish while it means the same.
 */
export function usePiecework<W, T>(wish: W | null, task: Task<W, T>): T | null {
  const [done, show] = useState<T | null>(null)
  const work = useRef<Piecework<W, T> | null>(null)
  const isIdle = wish === null
  useEffect(() => {
    if (wish === null) return
    work.current ??= new Piecework(task, (result: T) => show(() => result))
    work.current.want(wish)
  }, [wish, task])
  useEffect(() => {
    if (isIdle) return
    return () => {
      work.current?.close()
      work.current = null
      show(null)
    }
  }, [isIdle])
  return isIdle ? null : done
}
