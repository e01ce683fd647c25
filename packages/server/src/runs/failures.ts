import type { FailureGroup } from '../seams/store.ts'

const RULES: readonly (readonly [RegExp, string])[] = [
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/giu, '<id>'],
  [/"[^"\n]*"|“[^”\n]*”|`[^`\n]*`|(?<![\p{L}\p{N}])'[^'\n]*'(?![\p{L}\p{N}])/gu, '<text>'],
  [/\b[a-z][a-z0-9+.-]*:\/\/[^\s,;)\]>]+/giu, '<url>'],
  [/(?<![\p{L}\p{N}<])(?:[A-Za-z]:)?(?:\.{0,2}[\\/])[^\s:,;)\]>"'`]+/gu, '<path>'],
  [/\b0x[0-9a-f]+\b|\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{8,}\b/giu, '<id>'],
  [/(?<![\p{L}\p{N}_<])[\p{L}\p{N}_-]+\.[\p{L}]{2,5}(?![\p{L}\p{N}_.])/gu, '<path>'],
  [/[-+]?\d+(?:[.,]\d+)*/gu, '<n>'],
]

/**
 * The message with what varies replaced: quoted parts, urls, paths and file names, ids, numbers. Two failures with the
 * same cause get the same text. Only the first 2,000 characters count.
 */
export function normaliseMessage(message: string): string {
  return RULES.reduce((text, [pattern, word]) => text.replace(pattern, word), message.slice(0, 2000)).trim()
}

const MAX_ITEMS = 1000

/**
 * Groups failures by step, code and normalised message, the most frequent first. A group whose messages are all the
 * same shows that message, else the normalised one.
 */
export function groupFailures(
  failures: Iterable<{ readonly step: string; readonly item: string; readonly code: string; readonly message: string }>,
): readonly FailureGroup[] {
  const groups = new Map<string, { message: string; code: string; step: string; count: number; items: string[] }>()
  for (const { step, item, code, message } of failures) {
    const normal = normaliseMessage(message)
    const key = JSON.stringify([step, code, normal])
    const group = groups.get(key)
    if (group === undefined) {
      groups.set(key, { message, code, step, count: 1, items: [item] })
      continue
    }
    group.count += 1
    if (group.message !== message) group.message = normal
    if (group.items.length < MAX_ITEMS) group.items.push(item)
  }
  return [...groups.values()].sort((a, b) => b.count - a.count)
}
