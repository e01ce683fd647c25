/** Numbers and durations in one locale. */
export interface Format {
  /** Grouped: `12,345`. */
  count(value: number): string
  /** Of a whole percent: `26%`. */
  percent(value: number): string
  /** `1 min 12 sec`; two units at most; `< 1 sec` below that. */
  duration(ms: number): string
  /** A range, or one value where both ends read the same. */
  range(lowMs: number, highMs: number): string
}

/** A formatter for a locale; made once per component. */
export function formatFor(locale: string): Format {
  const counts = new Intl.NumberFormat(locale)
  const percents = new Intl.NumberFormat(locale, { style: 'percent' })
  const units = (['hour', 'minute', 'second'] as const).map(
    (unit) => new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short' }),
  )
  const duration = (ms: number): string => {
    if (ms < 1000) return `< ${units[2]?.format(1) ?? ''}`
    const seconds = Math.round(ms / 1000)
    const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
    const first = parts.findIndex((part) => part > 0)
    return parts
      .map((part, index) =>
        index < first || index > first + 1 || part === 0 ? '' : (units[index]?.format(part) ?? ''),
      )
      .filter((text) => text !== '')
      .join(' ')
  }
  return {
    count: (value) => counts.format(value),
    percent: (value) => percents.format(value / 100),
    duration,
    range(lowMs, highMs) {
      const [low, high] = [duration(lowMs), duration(highMs)]
      return low === high ? low : `${low} – ${high}`
    },
  }
}
