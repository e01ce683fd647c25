import { describe } from 'vitest'
import { noticesQueueSuite } from './notices-queue-suite.ts'
import { noticesRandomSuite } from './notices-random-suite.ts'
import { noticesSuite } from './notices-suite.ts'
import { pushesSuite } from './pushes-suite.ts'
import type { OpenedStore, StoreHost } from './store-host.ts'

/**
 * What every store promises of notifications (seams/notification-store.ts), run over a driver. `rounds`: how many random
 * histories are played.
 */
export function noticesContract(
  name: string,
  open: (host: StoreHost) => Promise<OpenedStore>,
  { rounds = 5 }: { readonly rounds?: number } = {},
): void {
  describe(`the inboxes of ${name}`, () => {
    noticesSuite(open)
    noticesQueueSuite(open)
    pushesSuite(open)
    noticesRandomSuite(open, rounds)
  })
}
