import type { Budget } from '@monofil/protocol'

/** A budget as it is typed: text, the time in minutes. */
export type BudgetDraft = Readonly<Record<keyof Budget, string>>

const MINUTE = 60_000

export function draftOf(budget: Budget | null): BudgetDraft {
  const { tokens, cost, items, timeMs } = budget ?? {}
  return {
    tokens: tokens?.toString() ?? '',
    cost: cost ?? '',
    items: items?.toString() ?? '',
    timeMs: timeMs === undefined ? '' : String(timeMs / MINUTE),
  }
}

/** What of a draft cannot be taken. */
export function problemsOf(draft: BudgetDraft): readonly (keyof Budget)[] {
  const parts: readonly (keyof Budget)[] = ['tokens', 'cost', 'items', 'timeMs']
  return parts.filter((part) => {
    const text = draft[part].trim()
    if (text === '') return false
    if (part === 'cost') return !/^\d{1,15}(\.\d{1,6})?$/.test(text)
    return part === 'timeMs' ? !/^\d{1,9}(\.\d{1,6})?$/.test(text) : !/^\d{1,15}$/.test(text)
  })
}

/** The budget of a draft without problems; null: no bound at all. */
export function budgetOf(draft: BudgetDraft): Budget | null {
  const [tokens, cost, items, time] = [draft.tokens, draft.cost, draft.items, draft.timeMs].map((text) => text.trim())
  const budget = {
    ...(tokens ? { tokens: Number(tokens) } : {}),
    ...(cost ? { cost } : {}),
    ...(items ? { items: Number(items) } : {}),
    ...(time ? { timeMs: Math.round(Number(time) * MINUTE) } : {}),
  }
  return Object.keys(budget).length === 0 ? null : budget
}
