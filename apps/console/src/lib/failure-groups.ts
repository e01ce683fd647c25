import type { FailureGroup } from '@monofil/client'
import type { Item } from '@monofil/protocol'

/** What varies from item to item in messages of one cause; order matters: ids before numbers. */
const VARYING: readonly (readonly [RegExp, string])[] = [
  [/(["'`“”‘’])[^"'`“”‘’]{1,200}\1/g, '…'],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '…'],
  [/(?:[A-Za-z]:)?(?:[\\/][^\s\\/:,;]+){2,}/g, '…'],
  [/\b(?=[0-9a-f]*\d)[0-9a-f]{12,}\b/gi, '…'],
  [/\d+(?:[.,]\d+)*/g, '#'],
]

/** A message without what varies, as the hub groups it too. */
export function patternOf(message: string): string {
  return VARYING.reduce((text, [varying, place]) => text.replace(varying, place), message)
}

/** Failed items by step, code and pattern of message, the most frequent first. A group of one keeps its own words. */
export function failureGroups(items: Iterable<Item>): readonly FailureGroup[] {
  const groups = new Map<string, { first: Item; message: string; pattern: string; ids: string[] }>()
  for (const item of items) {
    if (item.status !== 'failed') continue
    const message = item.error?.message ?? ''
    const pattern = patternOf(message)
    const key = JSON.stringify([item.step, item.error?.code, pattern])
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { first: item, message, pattern, ids: [item.id] })
    else group.ids.push(item.id)
  }
  return [...groups.values()]
    .map(({ first, message, pattern, ids }) => ({
      message: ids.length === 1 ? message : pattern,
      code: first.error?.code ?? 'error',
      step: first.step,
      count: ids.length,
      items: ids,
    }))
    .sort((a, b) => b.count - a.count)
}
