import type { Failure } from '@monofil/protocol'
import { MonofilError } from '@monofil/protocol'
import type { SignalAnswer } from '../seams/store.ts'
import type { ItemRecord, StepRecord } from './records.ts'

/** What an answer does to the item it is for; `keep`: nothing, since it has this answer already. */
export type SignalEffect =
  | { readonly kind: 'keep' }
  | { readonly kind: 'complete'; readonly resultJson: string }
  | { readonly kind: 'refuse'; readonly error: Failure }
  /** Nobody waits for it yet: it is kept for when somebody does. */
  | { readonly kind: 'ahead'; readonly resultJson: string }

/** The code of an item whose approval was refused. */
const REJECTED = 'rejected'

/**
 * What this answer does; `at` is ISO 8601. Of an approval the first word counts: the same decision again, by whomever,
 * is taken for it.
 * @throws `invalid_request` with `field` where the answer does not fit the step, `invalid_state` with `state` where the
 * item has another answer or waits for none.
 */
export function effectOf(step: StepRecord, item: ItemRecord, answer: SignalAnswer, at: string): SignalEffect {
  const { signal } = step.plan
  if (signal === undefined) throw misfit('step', `step ${step.plan.name} does work of its own: it waits for no answer`)
  const isApproval = signal.kind === 'approval'
  if (isApproval && answer.approve === undefined) {
    throw misfit('approve', `step ${step.plan.name} waits for an approval: say approve true or false`)
  }
  if (!isApproval && answer.approve !== undefined) {
    throw misfit('approve', `step ${step.plan.name} waits for a signal, not for an approval: leave approve out`)
  }
  if (isKnown(item, answer)) return { kind: 'keep' }
  const isAsked = item.status === 'queued' && item.notBefore !== null
  if (isAsked) {
    if (answer.approve === false) return { kind: 'refuse', error: { code: REJECTED, message: rejection(answer) } }
    return { kind: 'complete', resultJson: isApproval ? approval(step, item, answer, at) : (answer.dataJson ?? 'null') }
  }
  const isEarly = !isApproval && step.plan.each === null && item.status === 'queued' && item.resultJson === null
  if (isEarly) return { kind: 'ahead', resultJson: answer.dataJson ?? 'null' }
  throw new MonofilError('invalid_state', notWaiting(item), { state: item.status })
}

/** Whether the item ended with this answer, or holds it for later. */
function isKnown(item: ItemRecord, answer: SignalAnswer): boolean {
  if (answer.approve === false) return item.status === 'failed' && item.error?.code === REJECTED
  if (item.resultJson === null || item.status === 'cancelled') return false
  if (answer.approve === undefined) return item.resultJson === (answer.dataJson ?? 'null')
  const { data } = JSON.parse(item.resultJson) as { data?: unknown }
  return data === undefined ? answer.dataJson === undefined : JSON.stringify(data) === answer.dataJson
}

/** An approved item of many takes along what was approved, so that the step after it can work on it. */
function approval(step: StepRecord, item: ItemRecord, { by, note, dataJson }: SignalAnswer, at: string): string {
  return JSON.stringify({
    approved: true,
    by,
    at,
    note: note ?? null,
    ...(dataJson === undefined ? {} : { data: JSON.parse(dataJson) as unknown }),
    ...(step.plan.each === null ? {} : { item: JSON.parse(item.inputJson) as unknown }),
  })
}

function rejection({ by, note }: SignalAnswer): string {
  return note === undefined ? `rejected by ${by}` : `rejected by ${by}: ${note}`
}

/** What the run's log says of an answer. */
export function answerLine(step: StepRecord, { by, note, approve }: SignalAnswer): string {
  const word = approve === undefined ? 'answered' : approve ? 'approved' : 'rejected'
  return `step ${step.plan.name} was ${word} by ${by}${note === undefined ? '' : `: ${note}`}`
}

function notWaiting(item: ItemRecord): string {
  if (item.status === 'queued') return `item ${item.id} does not wait for an answer yet`
  return `item ${item.id} is ${item.status}: it waits for no answer any more`
}

function misfit(field: string, message: string): MonofilError {
  return new MonofilError('invalid_request', message, { field })
}
