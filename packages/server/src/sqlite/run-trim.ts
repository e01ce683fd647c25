import type { RunRetention } from '../seams/store.ts'
import type { DueRuns } from './commands/run-remove.ts'

/** The commands that a trim is made of; each write is a commit of its own, and others get their turn between them. */
export interface TrimSteps {
  /** Milliseconds since 1970. */
  now(): number
  due(bounds: DueRuns): Promise<readonly number[]>
  retire(runs: readonly number[]): Promise<number>
  purge(): Promise<boolean>
  trimUsage(before: number): Promise<number>
  longLogs(maxLines: number): Promise<readonly number[]>
  trimLog(run: number, maxLines: number): Promise<boolean>
}

/** Brings the ledger within its bounds, and frees the disk of what was removed, also before a crash. */
export async function trimRuns(steps: TrimSteps, retention: RunRetention): Promise<number> {
  const { maxAgeMs, maxCount, maxLogLines, maxUsageDays } = retention
  const before = maxAgeMs === null ? null : steps.now() - maxAgeMs
  let count = 0
  await purgeAll(steps)
  for (;;) {
    const due = before === null && maxCount === null ? [] : await steps.due({ before, maxCount })
    if (due.length === 0) break
    count += await steps.retire(due)
    await purgeAll(steps)
  }
  if (maxUsageDays != null) await steps.trimUsage(steps.now() - (maxUsageDays - 1) * 86_400_000)
  if (maxLogLines === null) return count
  for (const run of await steps.longLogs(maxLogLines)) {
    while (await steps.trimLog(run, maxLogLines)) {
      // One slice after the other.
    }
  }
  return count
}

async function purgeAll(steps: TrimSteps): Promise<void> {
  while (await steps.purge()) {
    // One slice after the other.
  }
}
