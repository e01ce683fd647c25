import { isItemTerminal } from '@monofil/protocol'
import { addEnd } from './eta.ts'
import type { ItemInput } from './item-state.ts'
import { nextItemStatus } from './item-state.ts'
import type { ItemRecord, StepRecord } from './records.ts'

/**
 * Moves an item by its table and the step's counters with it. Answers whether it was taken; a refused input changes
 * nothing. A claim counts an attempt, a release takes it back.
 */
export function moveItem(step: StepRecord, item: ItemRecord, input: ItemInput, now: number): boolean {
  const next = nextItemStatus(item.status, input)
  if (next === null) return false
  step.tally[item.status] -= 1
  step.tally[next] += 1
  if (item.skipped) step.skipped -= 1
  item.skipped = false
  item.status = next
  withdraw(step, item)
  item.notBefore = null
  if (input === 'claim') {
    item.attempts += 1
    item.startedAt = now
  } else if (input === 'release') {
    item.attempts = Math.max(0, item.attempts - 1)
    if (item.attempts === 0) item.startedAt = null
  } else if (input === 'reopen') {
    // Another round, or a reporter's next attempt: attempts count anew.
    item.attempts = 0
    item.interruptions = 0
    item.checked = false
    item.startedAt = null
    item.resultJson = null
    item.error = null
  }
  item.finishedAt = isItemTerminal(next) ? endAt(item, now) : null
  if (next === 'completed' || next === 'failed') addEnd(step.pace, now, step.startedAt)
  return true
}

/** Completes an item without a result: the step's `when` said no. */
export function skipItem(step: StepRecord, item: ItemRecord, now: number): void {
  item.resultJson = null
  item.error = null
  moveItem(step, item, 'complete', now)
  item.skipped = true
  step.skipped += 1
}

/** When something ends that began: not before that, even if the clock was set back meanwhile. */
export function endAt({ startedAt }: { readonly startedAt: number | null }, now: number): number {
  return Math.max(now, startedAt ?? now)
}

/** Makes an item claimable. */
export function offerItem(step: StepRecord, item: ItemRecord): void {
  if (item.ready) return
  item.ready = true
  step.ready += 1
}

function withdraw(step: StepRecord, item: ItemRecord): void {
  if (!item.ready) return
  item.ready = false
  step.ready -= 1
}
