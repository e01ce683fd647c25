const LOCALE = 'en'

const whole = new Intl.NumberFormat(LOCALE)
const tenth = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 1 })

/** A number, grouped. */
export const count = (value: number): string => whole.format(value)

/** A number with its noun. */
export const counted = (value: number, noun: string): string => `${count(value)} ${noun}${value === 1 ? '' : 's'}`

/** At most one decimal. */
export const decimal = (value: number): string => tenth.format(value)

/** `12 s`, `3 min 5 s`, `2 h 10 min`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  return minutes < 60 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/** `4 to 9 s left`. */
export function timeLeft({ lowMs, highMs }: { readonly lowMs: number; readonly highMs: number }): string {
  const [low, high] = [duration(lowMs), duration(highMs)]
  return low === high ? `about ${low}` : `${low} to ${high}`
}

/** `3.4 MB`. */
export function weight(bytes: number): string {
  const power = Math.min(4, Math.floor(Math.log10(Math.max(1, bytes)) / 3))
  return `${decimal(bytes / 1000 ** power)} ${['B', 'kB', 'MB', 'GB', 'TB'][power] ?? 'B'}`
}

/** A camera's clock as a day: it has no zone, and is not moved into the reader's. */
export function day(time: string): string {
  const options = { timeZone: 'UTC', year: 'numeric', month: 'short', day: 'numeric' } as const
  return new Date(`${time}Z`).toLocaleDateString(LOCALE, options)
}
