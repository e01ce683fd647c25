import { type RefObject, useEffect, useState } from 'react'

const TOP_PX = 24

/**
 * The id that was on top when the reader left the top of a list (by scrolling, or with the focus in a row), else null.
 * `release` brings back the top.
 */
export function useHeldTop(
  first: string | undefined,
  list: RefObject<HTMLElement | null>,
): { readonly top: string | null; release(): void } {
  const [top, setTop] = useState<string | null>(null)
  useEffect(() => {
    const update = () => {
      const element = list.current
      const scrolled = element !== null && element.getBoundingClientRect().top < TOP_PX
      const focused = element?.contains(document.activeElement) === true
      setTop((held) => (scrolled || focused ? (held ?? first ?? null) : null))
    }
    update()
    window.addEventListener('scroll', update, { passive: true })
    document.addEventListener('focusin', update)
    document.addEventListener('focusout', update)
    return () => {
      window.removeEventListener('scroll', update)
      document.removeEventListener('focusin', update)
      document.removeEventListener('focusout', update)
    }
  }, [first, list])
  const release = () => {
    window.scrollTo({ top: 0, behavior: 'instant' })
    setTop(null)
  }
  return { top, release }
}
