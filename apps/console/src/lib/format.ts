/** Short names of the units of time, as the dictionary gives them. */
export interface UnitNames {
  readonly d: string
  readonly h: string
  readonly min: string
  readonly s: string
  readonly ms: string
}

/** What a language adds to its locale. */
export interface FormatOptions {
  readonly locale: string
  readonly units: UnitNames
  /** How dense "5 minutes ago" can be written before it stops reading like the language. */
  readonly relative: 'narrow' | 'short' | 'long'
  /** What a time within the last five seconds is called. */
  readonly now: string
  readonly perSecond: (rate: string) => string
  readonly perMinute: (rate: string) => string
}

/** Numbers, times and durations in one language; all through Intl. */
export interface Format {
  readonly locale: string
  number(value: number): string
  /** `progress` is 0 to 100. One place below 10 and above 99, so that a slow run is seen to move; never rounds up to 100. */
  percent(progress: number): string
  /** `1 min 12 s`: the two largest units that matter. */
  duration(ms: number): string
  /** `2m ago`; within five seconds the word for now. */
  relative(at: string, now: number): string
  /** Date and time to the second, in the reader's time zone. */
  exact(at: string): string
  /** Time of day with milliseconds, for log lines. */
  timeOfDay(at: string): string
  /** Items per second, or per minute below one in ten seconds. */
  rate(perSecond: number): string
  /** `2 to 3 min` style range; one value when both ends read the same. */
  range(lowMs: number, highMs: number): string
}

const NBSP = '\u00a0'
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

function twoUnits(ms: number, units: UnitNames, number: (value: number) => string): string {
  if (ms < 1000) return `${number(Math.round(ms))}${NBSP}${units.ms}`
  if (ms < 10_000) return `${number(Math.floor(ms / 100) / 10)}${NBSP}${units.s}`
  const parts: [number, string][] = [
    [Math.floor(ms / DAY), units.d],
    [Math.floor((ms % DAY) / HOUR), units.h],
    [Math.floor((ms % HOUR) / MINUTE), units.min],
    [Math.floor((ms % MINUTE) / 1000), units.s],
  ]
  const first = parts.findIndex(([value]) => value > 0)
  return parts
    .slice(first, first + 2)
    .filter(([value]) => value > 0)
    .map(([value, unit]) => `${number(value)}${NBSP}${unit}`)
    .join(' ')
}

function relativeParts(seconds: number): [number, Intl.RelativeTimeFormatUnit] {
  const size = Math.abs(seconds)
  if (size < 60) return [seconds, 'second']
  if (size < 3600) return [Math.trunc(seconds / 60), 'minute']
  if (size < 86_400) return [Math.trunc(seconds / 3600), 'hour']
  if (size < 30 * 86_400) return [Math.trunc(seconds / 86_400), 'day']
  if (size < 365 * 86_400) return [Math.trunc(seconds / (30 * 86_400)), 'month']
  return [Math.trunc(seconds / (365 * 86_400)), 'year']
}

/** Rounds an estimate to what it can claim: seconds to fives below a minute, else whole minutes. */
function rough(ms: number): number {
  if (ms < MINUTE) return Math.max(1000, ms < 10_000 ? Math.ceil(ms / 1000) * 1000 : Math.ceil(ms / 5000) * 5000)
  return ms < HOUR ? Math.round(ms / MINUTE) * MINUTE : Math.round(ms / (5 * MINUTE)) * 5 * MINUTE
}

/** Makes the formatters of one language; Intl objects are built once, here, because building them is slow. */
export function createFormat(options: FormatOptions): Format {
  const { locale, units } = options
  const numbers = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 })
  const whole = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0, roundingMode: 'floor' })
  const fine = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1, roundingMode: 'floor' })
  const relatives = new Intl.RelativeTimeFormat(locale, { numeric: 'always', style: options.relative })
  const dates = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' })
  const times = new Intl.DateTimeFormat(locale, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
    hour12: false,
  })
  const number = (value: number) => numbers.format(value)
  const duration = (ms: number) => twoUnits(Math.max(0, ms), units, number)
  return {
    locale,
    number,
    percent: (progress) => (progress < 10 || progress > 99 ? fine : whole).format(progress / 100),
    duration,
    relative(at, now) {
      const seconds = Math.trunc((Date.parse(at) - now) / 1000)
      return Math.abs(seconds) < 5 ? options.now : relatives.format(...relativeParts(seconds))
    },
    exact: (at) => dates.format(Date.parse(at)),
    timeOfDay: (at) => times.format(Date.parse(at)),
    rate: (perSecond) =>
      perSecond === 0 || perSecond >= 0.1
        ? options.perSecond(number(perSecond))
        : options.perMinute(number(perSecond * 60)),
    range(lowMs, highMs) {
      const low = duration(rough(lowMs))
      const high = duration(rough(highMs))
      return low === high ? low : `${low} – ${high}`
    },
  }
}
