import { MonofilError } from '@monofil/protocol'

/**
 * Why a file is not opened: `not_a_bundle`; `newer_version`, written for a later reader; `cut`, its end is missing or
 * parts of it are damaged; `too_large` for the `maxBytes` given.
 */
export type BundleProblem = 'not_a_bundle' | 'newer_version' | 'cut' | 'too_large'

/** The refusal of a file: `invalid_request`, or `too_large`, with the reason for pages that say it in their own words. */
export class BundleError extends MonofilError {
  readonly reason: BundleProblem

  constructor(reason: BundleProblem, message: string, cause?: unknown) {
    super(reason === 'too_large' ? 'too_large' : 'invalid_request', message, { cause })
    this.reason = reason
  }
}
