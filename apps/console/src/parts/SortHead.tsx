import { ArrowDown, ArrowUp } from 'lucide-react'

interface SortHeadProps {
  readonly name: string
  /** Null: the rows are sorted by something else. */
  readonly direction: 'ascending' | 'descending' | null
  readonly onClick: () => void
  readonly className?: string | undefined
}

/** The head of a column that rows can be sorted by. */
export function SortHead({ name, direction, onClick, className }: SortHeadProps) {
  const Icon = direction === 'descending' ? ArrowDown : ArrowUp
  return (
    <th scope="col" className={className} aria-sort={direction ?? undefined}>
      <button type="button" className="sort-head" onClick={onClick}>
        {name}
        {direction !== null && <Icon className="icon" aria-hidden />}
      </button>
    </th>
  )
}
