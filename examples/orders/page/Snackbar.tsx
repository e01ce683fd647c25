import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useText } from './TextProvider.tsx'

/** What the page says of something that was done here. */
export interface Note {
  readonly words: string
  readonly undo?: (() => void) | undefined
}

const STAYS_MS = 12_000

/** Says what was done, and takes it back where that is possible. It stays while it is pointed at or focused. */
export function Snackbar({ note, onGone }: { readonly note: Note | null; readonly onGone: () => void }): ReactNode {
  const { text } = useText()
  const [isHeld, hold] = useState(false)
  const gone = useRef(onGone)
  gone.current = onGone
  useEffect(() => {
    if (note === null || isHeld) return
    const timer = setTimeout(() => gone.current(), STAYS_MS)
    return () => clearTimeout(timer)
  }, [note, isHeld])
  const act = (deed: () => void) => {
    hold(false)
    onGone()
    deed()
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: who reads it must not see it go
    <div
      className="snackbar"
      data-open={note === null ? undefined : ''}
      onPointerEnter={() => hold(true)}
      onPointerLeave={() => hold(false)}
      onFocus={() => hold(true)}
      onBlur={() => hold(false)}
    >
      <span role="status">{note?.words}</span>
      {note?.undo !== undefined && (
        <button type="button" className="button" onClick={() => act(note.undo ?? (() => {}))}>
          {text.undo}
        </button>
      )}
      {note !== null && (
        <button type="button" className="icon-button" aria-label={text.dismiss} onClick={() => act(() => {})}>
          <span aria-hidden="true">×</span>
        </button>
      )}
    </div>
  )
}
