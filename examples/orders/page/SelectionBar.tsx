import { type ReactNode, useState } from 'react'
import type { Order, OrderStatus } from '../src/order.ts'
import { changeOrder } from './api.ts'
import type { Note } from './Snackbar.tsx'
import { useText } from './TextProvider.tsx'

interface SelectionBarProps {
  readonly chosen: readonly Order[]
  readonly select: (ids: ReadonlySet<number>) => void
  readonly say: (note: Note) => void
}

/** What can be done with the selected orders together. */
export function SelectionBar({ chosen, select, say }: SelectionBarProps): ReactNode {
  const { text, number } = useText()
  const [isBusy, setBusy] = useState(false)
  const mark = async (status: OrderStatus) => {
    setBusy(true)
    const failed: number[] = []
    for (const { id, version } of chosen) {
      await changeOrder(id, version, { status }).catch(() => failed.push(id))
    }
    setBusy(false)
    select(new Set(failed))
    say({ words: text.marked(number(chosen.length - failed.length), failed.length) })
  }
  return (
    <fieldset className="selection" aria-label={text.selected(number(chosen.length))}>
      <strong>{text.selected(number(chosen.length))}</strong>
      {(['packed', 'shipped', 'cancelled'] as const).map((status) => (
        <button key={status} type="button" className="button" disabled={isBusy} onClick={() => void mark(status)}>
          {text.mark[status]}
        </button>
      ))}
      <button type="button" className="button" disabled={isBusy} onClick={() => select(new Set())}>
        {text.unselect}
      </button>
    </fieldset>
  )
}
