/** Reads run bundles: files with everything of a run, as `GET /v1/runs/{id}/bundle` answers them. */
export type { BundleNote, RunBundle } from '@monofil/protocol'
export { BUNDLE_FORMAT, BUNDLE_VERSION } from '@monofil/protocol'
export { BundleError, type BundleProblem } from './bundle-error.ts'
export { type OpenBundleOptions, openBundle } from './open-bundle.ts'
