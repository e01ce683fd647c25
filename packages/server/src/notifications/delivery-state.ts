import type { DeliveryState } from '@monofil/protocol'

/** What can happen to a delivery. */
export type DeliveryInput = 'take' | 'accept' | 'wait_over' | 'hand_back' | 'fail' | 'skip' | 'again'

/**
 * The delivery of a notice to one recipient on one channel. `accept`: a tab's receipt, or the push service took it;
 * `wait_over`: no tab said so in time, and the inbox has it; `hand_back`: to be tried again. Null: the input changes
 * nothing. A receipt counts also after the wait.
 */
const TABLE = {
  pending: {
    take: 'sending',
    accept: 'sent',
    wait_over: 'inboxed',
    hand_back: null,
    fail: 'failed',
    skip: 'skipped',
    again: null,
  },
  sending: {
    take: null,
    accept: 'sent',
    wait_over: null,
    hand_back: 'pending',
    fail: 'failed',
    skip: 'skipped',
    again: null,
  },
  sent: { take: null, accept: null, wait_over: null, hand_back: null, fail: null, skip: null, again: null },
  inboxed: { take: null, accept: 'sent', wait_over: null, hand_back: null, fail: null, skip: null, again: null },
  failed: { take: null, accept: null, wait_over: null, hand_back: null, fail: null, skip: 'skipped', again: 'pending' },
  skipped: { take: null, accept: null, wait_over: null, hand_back: null, fail: null, skip: null, again: null },
} as const satisfies Readonly<Record<DeliveryState, Readonly<Record<DeliveryInput, DeliveryState | null>>>>

/** The state after an input; null where it changes nothing. */
export function nextDelivery(state: DeliveryState, input: DeliveryInput): DeliveryState | null {
  return TABLE[state][input]
}
