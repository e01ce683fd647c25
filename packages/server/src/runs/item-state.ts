import type { ItemStatus } from '@monofil/protocol'

/**
 * What can happen to an item. `fail` and `lose` leave an attempt, their `_last` forms do not; `lose` is a lease that
 * ended without a word; `release` is a lease handed back untouched; `reopen` is a new round or a reporter's next attempt.
 */
export type ItemInput =
  | 'claim'
  | 'complete'
  | 'fail'
  | 'fail_last'
  | 'release'
  | 'lose'
  | 'lose_last'
  | 'cancel'
  | 'reopen'

const OVER = {
  claim: null,
  complete: null,
  fail: null,
  fail_last: null,
  release: null,
  lose: null,
  lose_last: null,
  cancel: null,
  reopen: 'queued',
} as const satisfies Record<ItemInput, ItemStatus | null>

const WAITING = {
  claim: 'running',
  complete: null,
  fail: null,
  fail_last: null,
  release: null,
  lose: null,
  lose_last: null,
  cancel: 'cancelled',
  reopen: null,
} as const satisfies Record<ItemInput, ItemStatus | null>

/** The whole machine; null: refused, nothing changes. */
export const ITEM_STATES = {
  queued: WAITING,
  running: {
    claim: null,
    complete: 'completed',
    fail: 'retrying',
    fail_last: 'failed',
    release: 'queued',
    lose: 'retrying',
    lose_last: 'failed',
    cancel: 'cancelled',
    reopen: null,
  },
  retrying: WAITING,
  completed: OVER,
  failed: OVER,
  cancelled: OVER,
} as const satisfies Record<ItemStatus, Record<ItemInput, ItemStatus | null>>

/** The status after `input`, or null when it is refused. */
export function nextItemStatus(status: ItemStatus, input: ItemInput): ItemStatus | null {
  return ITEM_STATES[status][input]
}

const NEVER = { queued: [], running: [], retrying: [], completed: [], failed: [], cancelled: [] } as const

/**
 * The inputs that lead an unfinished item where a reporter says it is: reports skip states, the machine does not.
 * Finished items have none, since a report for them is stale or begins with `reopen`.
 */
export const REPORTED_ITEM = {
  queued: {
    queued: [],
    running: ['claim'],
    retrying: ['claim', 'fail'],
    completed: ['claim', 'complete'],
    failed: ['claim', 'fail_last'],
    cancelled: ['cancel'],
  },
  running: {
    queued: ['release'],
    running: [],
    retrying: ['fail'],
    completed: ['complete'],
    failed: ['fail_last'],
    cancelled: ['cancel'],
  },
  retrying: {
    queued: ['claim', 'release'],
    running: ['claim'],
    retrying: [],
    completed: ['claim', 'complete'],
    failed: ['claim', 'fail_last'],
    cancelled: ['cancel'],
  },
  completed: NEVER,
  failed: NEVER,
  cancelled: NEVER,
} as const satisfies Record<ItemStatus, Record<ItemStatus, readonly ItemInput[]>>
