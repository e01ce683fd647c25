import type { RunState } from '@monofil/protocol'

function newestFirst(a: RunState, b: RunState): number {
  if (a.createdAt !== b.createdAt) return a.createdAt < b.createdAt ? 1 : -1
  return a.id < b.id ? 1 : -1
}

/** Live runs over those of history pages (live knows better), newest first, each once. */
export function mergeRuns(live: readonly RunState[], history: readonly RunState[]): readonly RunState[] {
  const seen = new Set(live.map(({ id }) => id))
  return [...live, ...history.filter(({ id }) => !seen.has(id) && seen.add(id))].sort(newestFirst)
}

/**
 * Splits a list for a reader who has scrolled down: rows newer than the one that was on top are held back and counted,
 * so that nothing under the eyes moves. `top` null: the reader is at the top and sees all.
 */
export function holdBack(
  runs: readonly RunState[],
  top: string | null,
): { readonly shown: readonly RunState[]; readonly held: number } {
  const index = top === null ? 0 : runs.findIndex(({ id }) => id === top)
  return index <= 0 ? { shown: runs, held: 0 } : { shown: runs.slice(index), held: index }
}
