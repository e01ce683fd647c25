import { type FailureGroup, FailureGroups, type Item } from '@monofil/protocol'

/** After so many items looked at, or so many messages compared, others may have a turn: about a millisecond of either. */
const LOOKS = 5000
const MESSAGES = 50

/**
 * Groups failed items by cause, the most frequent first, as the hub groups them: with one id each, to show a lone one.
 * It yields now and then, so that many can be done in pieces.
 */
export function* groupFailed(items: Iterable<Item>): Generator<void, readonly FailureGroup[]> {
  const groups = new FailureGroups(1)
  let looks = 0
  let messages = 0
  for (const { id, step, status, error } of items) {
    looks += 1
    if (status === 'failed') {
      messages += 1
      groups.add({ step, item: id, code: error?.code ?? 'error', message: error?.message ?? '' })
    }
    if (looks < LOOKS && messages < MESSAGES) continue
    looks = messages = 0
    yield
  }
  return groups.list()
}

/** The same at once: for lists of which that is quick. */
export function groupFailedAtOnce(items: Iterable<Item>): readonly FailureGroup[] {
  const work = groupFailed(items)
  for (;;) {
    const step = work.next()
    if (step.done) return step.value
  }
}
