import { type RefObject, useEffect, useEffectEvent, useRef, useState } from 'react'

const NEAR_END_PX = 32

/** Keeps the end of a growing list in sight until the reader scrolls up, and again once the end is reached. */
export function useFollow(
  scroller: RefObject<HTMLElement | null>,
  last: number,
  scrollTo: (index: number) => void,
): { readonly follow: boolean; setFollow(follow: boolean): void; onScroll(): void } {
  const [follow, setFollow] = useState(true)
  const lastTop = useRef(0)
  const toEnd = useEffectEvent(() => {
    if (follow && last >= 0) scrollTo(last)
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
  return { follow, setFollow, onScroll }
}
