import type { NoticeChannel, NoticePreferences, QuietReason, Severity } from '@monofil/protocol'

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
  moment: { readonly now: number; readonly recent: () => number },
): Verdict {
  const muted = (channel: NoticeChannel) => preferences.mute.some((line) => silences(line, notice, channel))
  if (muted('inbox')) return { inbox: false, quiet: null, push: false, pushAfter: null }
  const push = !muted('push')
  const until = notice.severity === 'critical' ? null : quietUntil(preferences.quietHours, moment.now)
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

const MINUTE_MS = 60_000
const DAY_MINUTES = 1_440
const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const

/**
 * When the quiet hours end that `now` lies in; null: it lies in none. They are the hours that the clock on the wall of
 * that zone shows; where that clock is put on or back inside them, the end is that much early or late.
 */
export function quietUntil(hours: NoticePreferences['quietHours'], now: number): number | null {
  if (hours === null) return null
  const { minutes, day } = wallClock(hours.timezone, now)
  const from = minutesOf(hours.from)
  const to = minutesOf(hours.to)
  const begins = (weekday: number) => hours.days?.includes((weekday + 7) % 7) ?? true
  const left = (wait: number) => now - (now % MINUTE_MS) + wait * MINUTE_MS
  if (from < to) return minutes >= from && minutes < to && begins(day) ? left(to - minutes) : null
  if (minutes >= from && begins(day)) return left(to + DAY_MINUTES - minutes)
  return minutes < to && begins(day - 1) ? left(to - minutes) : null
}

function wallClock(timezone: string, now: number): { readonly minutes: number; readonly day: number } {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  const parts = new Map(format.formatToParts(now).map(({ type, value }) => [type, value]))
  const day = WEEKDAYS.indexOf((parts.get('weekday') ?? 'Sun') as (typeof WEEKDAYS)[number])
  return { minutes: Number(parts.get('hour')) * 60 + Number(parts.get('minute')), day }
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number)
  return hours * 60 + minutes
}
