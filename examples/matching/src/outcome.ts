import type { Verdict } from './judge.ts'
import type { Language } from './projects.ts'

/** What the filter says of one CV. */
export interface Filtered {
  readonly file: string
  readonly title: string
  readonly passed: boolean
  readonly verdicts: readonly Verdict[]
}

/** One that passed, with its likeness to the project. */
export interface ScoredCv extends Filtered {
  /** 0 to 100. */
  readonly score: number
}

/** One of the top N, looked at closely. */
export interface Ranked extends ScoredCv {
  /** 0 to 100. */
  readonly fit: number
  readonly reasons: string
}

/** The result of a run. */
export interface Matches {
  readonly project: string
  readonly model: string
  readonly language: Language
  /** Best first: the top N by fit, then the others that passed by score. */
  readonly candidates: readonly (Ranked | ScoredCv)[]
  readonly eliminated: readonly Filtered[]
  /** Files of which nothing can be said, and why. */
  readonly unread: readonly { readonly file: string; readonly code: string; readonly message: string }[]
}

/** Whether a run's result is this workflow's. */
export function isMatches(result: unknown): result is Matches {
  return typeof result === 'object' && result !== null && 'candidates' in result && 'eliminated' in result
}

/** Whether it was looked at closely. */
export function isRanked(one: ScoredCv): one is Ranked {
  return 'fit' in one
}
