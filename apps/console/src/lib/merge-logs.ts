import type { LogLine } from '@monofil/protocol'

function keyOf(line: LogLine): string {
  return JSON.stringify([line.at, line.level, line.step, line.item, line.message])
}

/**
 * The lines of the live tail that were not read already. Lines carry no id, so a line in both is told by all it says;
 * one that was really written twice stays twice, since each source is complete where they overlap.
 */
export function tailAfter(read: readonly LogLine[], live: readonly LogLine[]): readonly LogLine[] {
  if (read.length === 0) return live
  const left = new Map<string, number>()
  for (const line of read) left.set(keyOf(line), (left.get(keyOf(line)) ?? 0) + 1)
  return live.filter((line) => {
    const key = keyOf(line)
    const count = left.get(key) ?? 0
    if (count > 0) left.set(key, count - 1)
    return count === 0
  })
}
