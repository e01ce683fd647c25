import type { MouseEvent } from 'react'
import { useNavigate } from 'react-router'

const BASE = '/console'

/**
 * Follows links to pages of the console without loading it anew, in what is not made by the console itself: the links of
 * notifications. To be an element's `onClick`.
 */
export function useInnerLinks(): (event: MouseEvent<HTMLElement>) => void {
  const navigate = useNavigate()
  return (event) => {
    if (event.defaultPrevented || event.button !== 0) return
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    const link = event.target instanceof Element ? event.target.closest('a') : null
    if (link === null || link.target !== '' || link.origin !== location.origin) return
    if (!link.pathname.startsWith(`${BASE}/`)) return
    event.preventDefault()
    void navigate(link.pathname.slice(BASE.length) + link.search + link.hash)
  }
}
