/** For the tests of applications: that they hold one stream, whatever they do. */
export type { BrowserRequest, RequestSource } from './expect/browser.ts'
export {
  type DuringOptions,
  type ExpectOptions,
  expectSingleConnection,
  type HubTarget,
  type LookedAt,
} from './expect/single.ts'
export {
  type ConnectionWatch,
  type SeenStream,
  type SingleOptions,
  type WatchOptions,
  watchConnections,
} from './expect/watch.ts'
