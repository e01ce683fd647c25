import { type FailureGroup, FailureGroups, type Item } from '@monofil/protocol'

/** Failed items by cause, the most frequent first, as the hub groups them: with one id each, to show a lone one. */
export function failureGroups(items: Iterable<Item>): readonly FailureGroup[] {
  const groups = new FailureGroups(1)
  for (const { id, step, status, error } of items) {
    if (status !== 'failed') continue
    groups.add({ step, item: id, code: error?.code ?? 'error', message: error?.message ?? '' })
  }
  return groups.list()
}
