import { Search } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import './SearchField.css'

interface SearchFieldProps {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
}

/**
 * A search field; `/` brings the cursor here, Escape empties it. While the cursor is in it, what is typed counts and not
 * `value`: that comes back through the URL a moment later, and would swallow the letters typed meanwhile.
 */
export function SearchField({ label, value, onChange }: SearchFieldProps) {
  const input = useRef<HTMLInputElement>(null)
  const [text, setText] = useState(value)
  useEffect(() => {
    if (document.activeElement !== input.current) setText(value)
  }, [value])
  const change = (next: string) => {
    setText(next)
    onChange(next)
  }
  return (
    <label className="search-field">
      <span className="visually-hidden">{label}</span>
      <Search className="icon" aria-hidden />
      <input
        ref={input}
        type="search"
        className="field"
        placeholder={label}
        value={text}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => change(event.target.value)}
        onBlur={() => setText(value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return
          if (text === '') event.currentTarget.blur()
          else change('')
        }}
      />
      {text === '' && <kbd>/</kbd>}
    </label>
  )
}
