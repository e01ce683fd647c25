import type { Commit, LoggedEvent } from '../seams/commit.ts'
import type { NewLogEvent } from '../seams/store.ts'
import type { AppendAnswer } from './commands/log-append.ts'
import { unpackError } from './errors.ts'
import type { GroupAnswer, GroupCommit } from './group.ts'
import type { FlatEvents } from './group-tx.ts'
import type { PendingCall } from './thread-link.ts'

/**
 * Announces the commits of a request and settles its calls: a commit first, then those who waited for it. Published
 * data never crosses back from the thread; the events are put together here from the offsets answered.
 */
export function deliverGroup(
  calls: readonly PendingCall[],
  answers: readonly GroupAnswer[],
  announce: { readonly epoch: string; readonly onCommit: (commit: Commit) => void },
): void {
  for (const group of answers) {
    const part = calls.slice(group.first, group.first + group.answers.length)
    const refused = new Map(group.refused.map(({ index, error }) => [index, error]))
    if (group.commit !== null) announce.onCommit(commitOf(part, group, group.commit, announce.epoch))
    for (const [index, call] of part.entries()) {
      const error = refused.get(index)
      if (error === undefined) call.resolve(group.answers[index])
      else call.reject(unpackError(error))
    }
  }
}

function commitOf(calls: readonly PendingCall[], group: GroupAnswer, commit: GroupCommit, epoch: string): Commit {
  const { seq, nowIso, runs, removedRuns, work, revoked, revocations, kpis } = commit
  const events: LoggedEvent[] = []
  let taken = 0
  for (const [index, call] of calls.entries()) {
    const answer = group.answers[index]
    if (call.method !== 'log.append' || answer === undefined) continue
    const [position = 0, ...offsets] = answer as AppendAnswer
    pushFlat(events, commit, { from: taken, to: position, epoch })
    taken = position
    const published = call.source as readonly NewLogEvent[]
    for (const [i, offset] of offsets.entries()) {
      const event = published[i]
      if (event === undefined || offset < 0) continue
      const { topic, type, dataJson } = event
      events.push({ topic, epoch, offset, type, dataJson, at: nowIso })
    }
  }
  pushFlat(events, commit, { from: taken, to: commit.events.length / 4, epoch })
  const base = { seq, events, runs, removedRuns, work, revoked }
  return {
    ...base,
    ...(revocations.length === 0 ? {} : { revocations }),
    ...(kpis.length === 0 ? {} : { kpis }),
  }
}

function pushFlat(
  events: LoggedEvent[],
  commit: GroupCommit,
  range: { from: number; to: number; epoch: string },
): void {
  const flat: FlatEvents = commit.events
  for (let i = range.from * 4; i < range.to * 4; i += 4) {
    const dataJson = flat[i + 3] as string
    // The place of an `item` event whose run was deleted in the same commit: its log is gone.
    if (dataJson === '') continue
    const topic = flat[i] as string
    events.push({
      topic,
      epoch: range.epoch,
      offset: flat[i + 1] as number,
      type: flat[i + 2] as string,
      dataJson,
      at: commit.nowIso,
    })
  }
}
