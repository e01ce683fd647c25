import { RotateCcw, X } from 'lucide-react'
import type { Choice } from '../lib/choice.ts'
import { useTexts } from '../lib/context.ts'
import { ControlButton } from './ControlButton.tsx'

/** How many items one request takes. */
const MAX_RETRY = 1000

interface ChoiceBarProps {
  readonly choice: Choice
  /** Why nothing can be done again now. */
  readonly why: string | null
  readonly onRetry: (items: readonly string[]) => Promise<unknown>
}

/** What can be done with the chosen items; nothing while none is. */
export function ChoiceBar({ choice, why, onRetry }: ChoiceBarProps) {
  const { t, f, amount } = useTexts()
  if (choice.count === 0) return null
  const tooMany = choice.count > MAX_RETRY ? t.controls.tooMany(f.number(MAX_RETRY)) : null
  return (
    <fieldset className="choice-bar" aria-label={t.items.chosen(amount(choice.count))}>
      <ControlButton
        icon={RotateCcw}
        why={why ?? tooMany}
        onClick={() => onRetry(choice.ids).then((answer) => answer !== null && choice.clear())}
      >
        {t.controls.retryChosen(amount(choice.count))}
      </ControlButton>
      <button type="button" className="button" onClick={choice.clear}>
        <X className="icon" aria-hidden />
        {t.items.chooseNone}
      </button>
    </fieldset>
  )
}
