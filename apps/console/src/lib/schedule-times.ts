/** A time in a zone, in words: `Mon 23 Nov, 02:30`, with seconds where it has some. */
export function timeIn(at: string, locale: string, timeZone: string | undefined): string {
  return new Intl.DateTimeFormat(locale, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    ...(Date.parse(at) % 60_000 === 0 ? {} : { second: '2-digit' }),
    timeZone,
  }).format(Date.parse(at))
}

/** Where this browser is. */
export function ownZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone
}

/** Every zone the browser knows, this one's first. */
export function knownZones(): readonly string[] {
  return [...new Set([ownZone(), 'UTC', ...Intl.supportedValuesOf('timeZone')])]
}

const NOT_SOONER_MS = 2_000
/** The longest a timer of a browser can wait. */
const NOT_LATER_MS = 2 ** 31 - 1

/**
 * When a list of schedules is to be read again, in ms from now: a moment after the next tick, since one that starts no
 * run is announced to nobody. Null where none comes.
 */
export function readAgainIn(schedules: readonly { readonly nextAt: string | null }[], now: number): number | null {
  const times = schedules.flatMap(({ nextAt }) => (nextAt === null ? [] : [Date.parse(nextAt)]))
  if (times.length === 0) return null
  return Math.min(NOT_LATER_MS, Math.max(NOT_SOONER_MS, Math.min(...times) - now + 1_500))
}

/** What of the runs at hand tells that a schedule did something: which of its runs there are, and which are over. */
export function marksOf(
  runs: readonly { readonly id: string; readonly tags: readonly string[]; readonly finishedAt: string | null }[],
): string {
  return runs
    .filter(({ tags }) => tags.some((tag) => tag.startsWith('schedule:')))
    .map(({ id, finishedAt }) => `${id} ${finishedAt === null ? 'open' : 'over'}`)
    .join('\n')
}
