import { Check, Copy, X } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTexts } from '../lib/context.ts'
import './CopyButton.css'

interface CopyButtonProps {
  readonly text: string
  /** What is copied, in words: "id", "details". */
  readonly what: string
  /** Shown beside the icon where given. */
  readonly children?: string
}

/** Copies a text and says for 1.5 s that it did, or that the browser forbids it. */
export function CopyButton({ text, what, children }: CopyButtonProps) {
  const { t } = useTexts()
  const [state, setState] = useState<'idle' | 'done' | 'failed'>('idle')
  useEffect(() => {
    if (state === 'idle') return undefined
    const timer = setTimeout(() => setState('idle'), 1500)
    return () => clearTimeout(timer)
  }, [state])
  const copy = () => {
    // `clipboard` is missing on plain-http hosts other than localhost.
    const clipboard: Clipboard | undefined = navigator.clipboard
    const copied = clipboard === undefined ? Promise.reject(new Error('no clipboard')) : clipboard.writeText(text)
    void copied.then(
      () => setState('done'),
      () => setState('failed'),
    )
  }
  const Icon = state === 'idle' ? Copy : state === 'done' ? Check : X
  const said = state === 'idle' ? t.copy.do(what) : state === 'done' ? t.copy.done : t.copy.failed
  return (
    <button
      type="button"
      className={children === undefined ? 'copy-button' : 'button'}
      onClick={copy}
      title={said}
      aria-label={children === undefined ? said : undefined}
    >
      <Icon className="icon" aria-hidden />
      {children !== undefined && (state === 'idle' ? children : said)}
    </button>
  )
}
