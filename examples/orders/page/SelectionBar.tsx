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

/** A status for one order, which is at `version`. */
type Move = Pick<Order, 'id' | 'version' | 'status'>

/** What can be done with the selected orders together, and undone. */
export function SelectionBar({ chosen, select, say }: SelectionBarProps): ReactNode {
  const { text, number } = useText()
  const [isBusy, setBusy] = useState(false)
  const told = (moved: Moved, undo?: () => void) =>
    say({ words: text.marked(number(moved.back.length), moved.failed.length), undo })
  const mark = async (status: OrderStatus) => {
    setBusy(true)
    const moved = await moveAll(chosen.map(({ id, version, status: before }) => ({ id, version, status, before })))
    setBusy(false)
    select(new Set(moved.failed))
    const undo = () => void moveAll(moved.back).then((back) => told(back))
    told(moved, moved.back.length > 0 ? undo : undefined)
  }
  const count = text.selected(number(chosen.length), chosen.length === 1)
  return (
    <fieldset className="selection" aria-label={count}>
      <strong>{count}</strong>
      {(['packed', 'shipped', 'cancelled'] as const).map((status) => (
        <button
          key={status}
          type="button"
          className="button"
          aria-label={`${text.mark[status]}: ${count}`}
          disabled={isBusy}
          onClick={() => void mark(status)}
        >
          {text.mark[status]}
        </button>
      ))}
      <button type="button" className="icon-button" aria-label={text.unselect} onClick={() => select(new Set())}>
        <span aria-hidden="true">×</span>
      </button>
    </fieldset>
  )
}

interface Moved {
  /** What takes the moves back. */
  readonly back: readonly (Move & { readonly before: OrderStatus })[]
  /** What somebody else changed meanwhile. */
  readonly failed: readonly number[]
}

async function moveAll(moves: readonly (Move & { readonly before: OrderStatus })[]): Promise<Moved> {
  const failed: number[] = []
  const back: (Move & { readonly before: OrderStatus })[] = []
  for (const { id, version, status, before } of moves) {
    try {
      const { version: now } = await changeOrder(id, version, { status })
      back.push({ id, version: now, status: before, before: status })
    } catch {
      failed.push(id)
    }
  }
  return { back, failed }
}
