import { useEffect, useRef } from 'react'

interface ChoiceBoxProps {
  readonly label: string
  readonly checked: boolean
  /** Some of what it stands for is chosen. */
  readonly mixed?: boolean
  /** `range`: with the shift key. */
  readonly onToggle: (range: boolean) => void
}

/** A checkbox with a target of 24 px. */
export function ChoiceBox({ label, checked, mixed = false, onToggle }: ChoiceBoxProps) {
  const box = useRef<HTMLInputElement>(null)
  useEffect(() => {
    // Only a property: HTML has no attribute for it.
    if (box.current !== null) box.current.indeterminate = mixed
  }, [mixed])
  return (
    <label className="choice-box">
      <input
        ref={box}
        type="checkbox"
        aria-label={label}
        checked={checked}
        onChange={(event) => onToggle('shiftKey' in event.nativeEvent && event.nativeEvent.shiftKey === true)}
      />
    </label>
  )
}
