import { isTerminal, type RunState, type RunStatus } from '@monofil/protocol'

/** One dated fact of a run. */
export type Fact =
  | { readonly kind: 'created' | 'started' | 'stalled' | 'seen'; readonly at: string }
  | { readonly kind: 'step-started'; readonly at: string; readonly step: string }
  | { readonly kind: 'step-ended'; readonly at: string; readonly step: string; readonly status: RunStatus }
  | { readonly kind: 'ended'; readonly at: string; readonly status: RunStatus }

const RANK = { created: 0, started: 1, 'step-started': 2, 'step-ended': 3, stalled: 4, seen: 5, ended: 6 } as const

/** What is known of a run's course, oldest first; facts of the same millisecond in the order in which they must have happened. */
export function factsOf(run: RunState): readonly Fact[] {
  const facts: Fact[] = [{ kind: 'created', at: run.createdAt }]
  if (run.startedAt !== null) facts.push({ kind: 'started', at: run.startedAt })
  for (const step of run.steps) {
    if (step.startedAt !== null) facts.push({ kind: 'step-started', at: step.startedAt, step: step.name })
    if (step.finishedAt !== null)
      facts.push({ kind: 'step-ended', at: step.finishedAt, step: step.name, status: step.status })
  }
  if (run.stalledSince !== null) facts.push({ kind: 'stalled', at: run.stalledSince })
  if (run.external && run.lastSeenAt !== null && !isTerminal(run.status))
    facts.push({ kind: 'seen', at: run.lastSeenAt })
  if (run.finishedAt !== null && isTerminal(run.status))
    facts.push({ kind: 'ended', at: run.finishedAt, status: run.status })
  return facts.sort((a, b) => (a.at === b.at ? RANK[a.kind] - RANK[b.kind] : a.at < b.at ? -1 : 1))
}
