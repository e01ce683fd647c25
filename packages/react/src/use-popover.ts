import { type KeyboardEvent, useEffect, useRef } from 'react'

/** Closes on Escape, on a press elsewhere and when the focus goes elsewhere; takes the focus when it opens. */
export function usePopover(isOpen: boolean, open: (isOpen: boolean) => void) {
  const root = useRef<HTMLDivElement>(null)
  const button = useRef<HTMLButtonElement>(null)
  const panel = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (!isOpen) return
    panel.current?.focus()
    const onElsewhere = (event: Event) => {
      // A dialog that a control opens is over the page, and still in the tree.
      if (event.target instanceof Node && root.current?.contains(event.target) === false) open(false)
    }
    document.addEventListener('pointerdown', onElsewhere)
    document.addEventListener('focusin', onElsewhere)
    return () => {
      document.removeEventListener('pointerdown', onElsewhere)
      document.removeEventListener('focusin', onElsewhere)
    }
  }, [isOpen, open])
  const onKeyDown = (event: KeyboardEvent) => {
    const isInDialog = event.target instanceof Element && event.target.closest('dialog') !== null
    if (event.key !== 'Escape' || !isOpen || isInDialog) return
    event.stopPropagation()
    open(false)
    button.current?.focus()
  }
  return { root, button, panel, onKeyDown }
}
