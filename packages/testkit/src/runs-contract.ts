import { describe } from 'vitest'
import { revocationsSuite } from './revocations-suite.ts'
import { clockSuite } from './runs-clock-suite.ts'
import { controlSuite } from './runs-control-suite.ts'
import { createSuite } from './runs-create-suite.ts'
import { failuresSuite } from './runs-failures-suite.ts'
import { feedSuite } from './runs-feed-suite.ts'
import { leaseSuite } from './runs-lease-suite.ts'
import { limitsSuite } from './runs-limits-suite.ts'
import { listSuite } from './runs-list-suite.ts'
import { poisonSuite } from './runs-poison-suite.ts'
import { randomSuite } from './runs-random-suite.ts'
import { reportSuite } from './runs-report-suite.ts'
import { retentionSuite } from './runs-retention-suite.ts'
import { retrySuite } from './runs-retry-suite.ts'
import { signalsSuite } from './runs-signals-suite.ts'
import { stepsSuite } from './runs-steps-suite.ts'
import { throughputSuite } from './runs-throughput-suite.ts'
import { workSuite } from './runs-work-suite.ts'
import { schedulesSuite } from './schedules-suite.ts'
import { ticksSuite } from './schedules-ticks-suite.ts'
import type { OpenedStore, StoreHost } from './store-host.ts'
import { ticketsSuite } from './tickets-suite.ts'

/**
 * What every store's ledger promises (seams/store.ts), run over a driver. `open` opens an empty store with the clock
 * and the listener given. `rounds`: how many random histories the property test plays (5; each takes seconds on a disk).
 */
export function runsContract(
  name: string,
  open: (host: StoreHost) => Promise<OpenedStore>,
  { rounds = 5 }: { readonly rounds?: number } = {},
): void {
  describe(`the ledger of ${name}`, () => {
    createSuite(open)
    workSuite(open)
    leaseSuite(open)
    poisonSuite(open)
    clockSuite(open)
    controlSuite(open)
    retrySuite(open)
    feedSuite(open)
    limitsSuite(open)
    stepsSuite(open)
    signalsSuite(open)
    reportSuite(open)
    listSuite(open)
    failuresSuite(open)
    throughputSuite(open)
    retentionSuite(open)
    schedulesSuite(open)
    ticksSuite(open)
    revocationsSuite(open)
    ticketsSuite(open)
    randomSuite(open, rounds)
  })
}
