import type { ClientOptions } from '../options.ts'
import type { ElectionSettings } from './election-state.ts'

/** `sharing` with its defaults filled in. */
export function settingsOf({ sharing = {} }: ClientOptions): ElectionSettings {
  const { silenceMs = 10_000, answerMs = 4000, stealMs = 60_000, handOverMs = 10_000 } = sharing
  return { silenceMs, answerMs, stealMs, handOverMs }
}
