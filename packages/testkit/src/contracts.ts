export { logContract } from './log-contract.ts'
export { runsContract } from './runs-contract.ts'
export type { OpenedStore, StoreHost } from './store-host.ts'
export { FakeClock } from './store-host.ts'
