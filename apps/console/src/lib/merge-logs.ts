import type { LogLine } from '@monofil/protocol'

function keyOf(line: LogLine): string {
  return JSON.stringify([line.at, line.level, line.step, line.item, line.message])
}

/**
 * Fetched lines and the live tail as one list, oldest first. Lines carry no id, so a line in both is told by all it
 * says; one that was really written twice stays twice, since each source is complete where they overlap.
 */
export function mergeLogs(fetched: readonly LogLine[], live: readonly LogLine[]): readonly LogLine[] {
  if (fetched.length === 0) return live
  const left = new Map<string, number>()
  for (const line of fetched) left.set(keyOf(line), (left.get(keyOf(line)) ?? 0) + 1)
  const fresh = live.filter((line) => {
    const key = keyOf(line)
    const count = left.get(key) ?? 0
    if (count > 0) left.set(key, count - 1)
    return count === 0
  })
  return [...fetched, ...fresh].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
}
