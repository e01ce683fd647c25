import { type RefObject, useEffect, useEffectEvent, useRef, useState } from 'react'

const NEAR_END_PX = 32

/** Keeps the end of a growing list in sight until the reader scrolls up, and again once the end is reached. */
export function useFollow(
  scroller: RefObject<HTMLElement | null>,
  last: number,
  scrollTo: () => void,
): {
  readonly follow: boolean
  /** `last` as it was when the reader left the end; what came after it is new to them. */
  readonly seen: number
  setFollow(follow: boolean): void
  onScroll(): void
} {
  const [left, setLeft] = useState<number | null>(null)
  const lastTop = useRef(0)
  const follow = left === null
  const setFollow = (next: boolean): void => setLeft((was) => (next ? null : (was ?? last)))
  const toEnd = useEffectEvent(() => {
    if (follow) scrollTo()
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new last line, or the wish to follow, is what moves the list
  useEffect(toEnd, [follow, last])
  const onScroll = () => {
    const element = scroller.current
    if (element === null) return
    const isUp = element.scrollTop < lastTop.current
    lastTop.current = element.scrollTop
    // Following only ever scrolls down, so upwards was the reader.
    if (element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END_PX) setFollow(true)
    else if (isUp) setFollow(false)
  }
  return { follow, seen: left ?? last, setFollow, onScroll }
}
