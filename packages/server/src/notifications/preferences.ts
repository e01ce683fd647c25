import type { NoticeChannel, NoticePreferences, QuietReason, Severity } from '@monofil/protocol'
import { WallClocks } from './wall-clock.ts'

/** What holds for whoever said nothing. */
export const DEFAULT_PREFERENCES: NoticePreferences = { language: null, mute: [], quietHours: null, digest: null }

/** What of a notice preferences look at. */
export interface Judged {
  readonly severity: Severity
  readonly module: string | null
  /** A digest is never part of another. */
  readonly isDigest: boolean
}

/** What preferences make of a notice for one user. */
export interface Verdict {
  /** False: it does not even come into the inbox. */
  readonly inbox: boolean
  readonly quiet: QuietReason | null
  /** Whether a push may be tried, and not before when (ms since 1970; null: at once). */
  readonly push: boolean
  readonly pushAfter: number | null
}

/**
 * Who hears what: a muted inbox ends it; a channel that is muted stays silent; quiet hours and a digest silence it, but
 * never one that is `critical`. `recent`: how many of its module came within the digest's time.
 */
export function judge(
  preferences: NoticePreferences,
  notice: Judged,
  moment: { readonly now: number; readonly recent: () => number; readonly clocks?: WallClocks | undefined },
): Verdict {
  const muted = (channel: NoticeChannel) => preferences.mute.some((line) => silences(line, notice, channel))
  if (muted('inbox')) return { inbox: false, quiet: null, push: false, pushAfter: null }
  const push = !muted('push')
  const until = notice.severity === 'critical' ? null : quietUntil(preferences.quietHours, moment.now, moment.clocks)
  if (muted('live')) return { inbox: true, quiet: 'muted', push, pushAfter: until }
  if (until !== null) return { inbox: true, quiet: 'quiet_hours', push, pushAfter: until }
  const { digest } = preferences
  if (digest !== null && notice.severity !== 'critical' && !notice.isDigest && moment.recent() >= digest.after) {
    return { inbox: true, quiet: 'digest', push: false, pushAfter: null }
  }
  return { inbox: true, quiet: null, push, pushAfter: null }
}

function silences(line: NoticePreferences['mute'][number], notice: Judged, channel: NoticeChannel): boolean {
  if (line.channels !== undefined && !line.channels.includes(channel)) return false
  if (line.module !== undefined && line.module !== notice.module) return false
  return line.severity === undefined || line.severity === notice.severity
}

const DAY_MINUTES = 1_440

/**
 * When the quiet hours end that `now` lies in; null: it lies in none, or nobody knows the zone. They are the hours that
 * the clock on the wall of that zone shows, also in the nights when it is put on or back.
 */
export function quietUntil(
  hours: NoticePreferences['quietHours'],
  now: number,
  clocks: WallClocks = new WallClocks(),
): number | null {
  const shown = hours === null ? undefined : clocks.read(hours.timezone, now)
  if (hours === null || shown === undefined) return null
  const { minutes, day } = shown
  const from = minutesOf(hours.from)
  const to = minutesOf(hours.to)
  const begins = (weekday: number) => hours.days?.includes((weekday + 7) % 7) ?? true
  const left = (wait: number) => clocks.after(hours.timezone, now, wait)
  if (from < to) return minutes >= from && minutes < to && begins(day) ? left(to - minutes) : null
  if (minutes >= from && begins(day)) return left(to + DAY_MINUTES - minutes)
  return minutes < to && begins(day - 1) ? left(to - minutes) : null
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number)
  return hours * 60 + minutes
}
