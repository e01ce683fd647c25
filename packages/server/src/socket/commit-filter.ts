import { topicOfKpi, topicOfRun } from '@monofil/protocol'
import type { Commit } from '../seams/commit.ts'

/**
 * What of a commit concerns these topics; undefined when nothing does. Runs come with their own topic, `runs` and
 * `status`; revocations always.
 */
export function commitFor(commit: Commit, topics: ReadonlySet<string>): Commit | undefined {
  const { revocations = [] } = commit
  const kpis = commit.kpis?.filter(({ name }) => topics.has(topicOfKpi(name))) ?? []
  if (topics.size === 0 && revocations.length === 0) return undefined
  const allRuns = topics.has('runs') || topics.has('status')
  const events = commit.events.filter((event) => topics.has(event.topic))
  const runs = commit.runs.filter((run) => allRuns || topics.has(topicOfRun(run.id)))
  const removedRuns = commit.removedRuns.filter((id) => allRuns || topics.has(topicOfRun(id)))
  if ([events, runs, removedRuns, revocations, kpis].every(({ length }) => length === 0)) return undefined
  const part = { seq: commit.seq, events, runs, removedRuns, work: commit.work, revoked: commit.revoked }
  return {
    ...part,
    ...(revocations.length === 0 ? {} : { revocations }),
    ...(kpis.length === 0 ? {} : { kpis }),
  }
}
