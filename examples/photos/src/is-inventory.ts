import type { Inventory } from './inventory.ts'

/** Whether a run's result is this workflow's inventory. Alone in its file: the page in the browser asks it too. */
export function isInventory(result: unknown): result is Inventory & { readonly out: string } {
  if (typeof result !== 'object' || result === null) return false
  return 'out' in result && typeof result.out === 'string' && 'blurry' in result && 'duplicates' in result
}
