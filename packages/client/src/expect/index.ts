/** For the tests of applications: that they hold one stream, whatever they do. */
export type { BrowserRequest, RequestSource } from './browser.ts'
export {
  type DuringOptions,
  type ExpectOptions,
  expectSingleConnection,
  type HubTarget,
  type LookedAt,
} from './single.ts'
export {
  type ConnectionWatch,
  type SeenStream,
  type SingleOptions,
  type WatchOptions,
  watchConnections,
} from './watch.ts'
