import { Select } from '@base-ui/react/select'
import { Check, ChevronDown } from 'lucide-react'
import type { ReactNode } from 'react'
import './Menu.css'

/** One value of a filter; `content` where it is more than its name. */
export interface FilterOption {
  readonly value: string
  readonly name: string
  readonly content?: ReactNode
}

interface FilterSelectProps {
  readonly label: string
  /** What is shown for "no filter"; left out: there is always one. */
  readonly every?: string
  readonly value: string
  readonly options: readonly FilterOption[]
  readonly onChange: (value: string) => void
  readonly onOpen?: () => void
}

/** A choice with one value; the empty one is "every", where there is that. */
export function FilterSelect({ label, every, value, options, onChange, onOpen }: FilterSelectProps) {
  const all = [...(every === undefined ? [] : [{ value: '', name: every }]), ...options]
  return (
    <Select.Root
      modal={false}
      items={all.map((option) => ({ value: option.value, label: option.name }))}
      value={value}
      onValueChange={(next) => onChange(next ?? '')}
      onOpenChange={(open) => open && onOpen?.()}
    >
      <Select.Trigger
        className="button filter-select"
        aria-label={label}
        data-set={(every !== undefined && value !== '') || undefined}
      >
        <Select.Value className="truncate" />
        <Select.Icon>
          <ChevronDown className="icon" aria-hidden />
        </Select.Icon>
      </Select.Trigger>
      <Select.Portal>
        <Select.Positioner className="positioner" sideOffset={6} alignItemWithTrigger={false}>
          <Select.Popup className="popup menu">
            <Select.List>
              {all.map((option) => (
                <Select.Item key={option.value} value={option.value} className="menu-item">
                  <Select.ItemText>
                    {'content' in option ? (option.content ?? option.name) : option.name}
                  </Select.ItemText>
                  <Select.ItemIndicator>
                    <Check className="icon" aria-hidden />
                  </Select.ItemIndicator>
                </Select.Item>
              ))}
            </Select.List>
          </Select.Popup>
        </Select.Positioner>
      </Select.Portal>
    </Select.Root>
  )
}
