import type { ControlBlock } from '@monofil/react'
import { useTexts } from './context.ts'

/** Why a control cannot be used now, in the reader's language; null when it can. */
export function useRefusal(): (block: ControlBlock | null) => string | null {
  const { controls } = useTexts().t
  return (block) => {
    if (block === null) return null
    if (block === 'pending') return controls.busy
    if (block === 'forbidden') return controls.notYours
    return block === 'external' ? controls.external : controls.state
  }
}
