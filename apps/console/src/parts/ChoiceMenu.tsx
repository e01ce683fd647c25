import { Menu } from '@base-ui/react/menu'
import { Check, type LucideIcon } from 'lucide-react'
import './Menu.css'

/** One thing to choose; `null` is the default. */
export interface Choice {
  readonly value: string | null
  readonly name: string
}

interface ChoiceMenuProps {
  readonly label: string
  readonly icon: LucideIcon
  readonly value: string | null
  readonly choices: readonly Choice[]
  readonly onChange: (value: string | null) => void
}

/** An icon button with a menu of which one entry holds. */
export function ChoiceMenu({ label, icon: Icon, value, choices, onChange }: ChoiceMenuProps) {
  return (
    <Menu.Root modal={false}>
      <Menu.Trigger className="button icon-only" aria-label={label} title={label}>
        <Icon className="icon" aria-hidden />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner className="positioner" sideOffset={6} align="end">
          <Menu.Popup className="popup menu">
            <Menu.RadioGroup value={value ?? ''} onValueChange={(next: string) => onChange(next === '' ? null : next)}>
              {choices.map((choice) => (
                <Menu.RadioItem key={choice.value} value={choice.value ?? ''} className="menu-item" closeOnClick>
                  {choice.name}
                  <Menu.RadioItemIndicator>
                    <Check className="icon" aria-hidden />
                  </Menu.RadioItemIndicator>
                </Menu.RadioItem>
              ))}
            </Menu.RadioGroup>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  )
}
