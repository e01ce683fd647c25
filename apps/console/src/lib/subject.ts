import type { RunView } from '@monofil/client'
import type { Item } from '@monofil/protocol'

/** What an answer is about; `from`: the step whose result it is, null where it is the item's own input. */
export interface Subject {
  readonly value: unknown
  readonly from: string | null
}

/** An item's input; of one without, which is its step's only one, the result of the single step it comes after. */
export function subjectOf(item: Item, { run, items }: Pick<RunView, 'run' | 'items'>): Subject | null {
  if (item.input !== null && item.input !== undefined) return { value: item.input, from: null }
  const step = run?.steps.find(({ name }) => name === item.step)
  for (const name of step?.after ?? []) {
    const result = items.get(name, name)?.result
    if (result !== null && result !== undefined) return { value: result, from: name }
  }
  return null
}
