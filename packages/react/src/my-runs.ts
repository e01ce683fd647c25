import { isTerminal, type RunState } from '@monofil/protocol'

/** Runs that were seen while they were not over, by id, as they are now. */
export type SeenRuns = ReadonlyMap<string, RunState>

/**
 * What is seen after another word about the runs of `owner` (null: whoever's). A run that is over is taken up only if it
 * was seen before its end; one that the hub says nothing of any more goes, unless it ended, which stays true.
 */
export function nextSeen(seen: SeenRuns, runs: readonly RunState[], owner: string | null): SeenRuns {
  const mine = runs.filter((run) => owner === null || run.owner === owner)
  const next = new Map([...seen].filter(([, run]) => isTerminal(run.status)))
  for (const run of mine) if (!isTerminal(run.status) || seen.has(run.id)) next.set(run.id, run)
  const isSame = next.size === seen.size && [...next].every(([id, run]) => seen.get(id) === run)
  return isSame ? seen : next
}

/** Without runs that are over: this one, or all of them. */
export function withoutEnded(seen: SeenRuns, id: string | null): SeenRuns {
  return new Map([...seen].filter(([one, { status }]) => !isTerminal(status) || (id !== null && one !== id)))
}

/** The newest first. */
export function newestFirst(runs: Iterable<RunState>): readonly RunState[] {
  return [...runs].sort((a, b) => b.createdAt.localeCompare(a.createdAt) || b.id.localeCompare(a.id))
}
