import type { Run } from '@monofil/protocol'

const NUMBER = new Intl.NumberFormat('en')

/** A grouped whole number: `12,500`. */
export function formatCount(count: number): string {
  return NUMBER.format(count)
}

/** `0.8 s`, `42 s`, `1 min 12 s`, `2 h 5 min`, `3 d 4 h`. */
export function formatDuration(ms: number): string {
  if (ms < 9_950) return `${(Math.max(0, ms) / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return two(Math.floor(seconds / 60), 'min', seconds % 60, 's')
  const minutes = Math.round(seconds / 60)
  if (minutes < 1440) return two(Math.floor(minutes / 60), 'h', minutes % 60, 'min')
  const hours = Math.round(minutes / 60)
  return two(Math.floor(hours / 24), 'd', hours % 24, 'h')
}

function two(big: number, bigUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${big} ${bigUnit}` : `${big} ${bigUnit} ${small} ${smallUnit}`
}

/** Items per second, or per minute below one in two seconds: `12/s`, `3.4/s`, `8/min`. */
export function formatRate(perSecond: number): string {
  if (perSecond >= 10) return `${formatCount(Math.round(perSecond))}/s`
  if (perSecond >= 0.5) return `${perSecond.toFixed(1)}/s`
  return `${(perSecond * 60).toFixed(perSecond * 60 >= 10 ? 0 : 1)}/min`
}

/** The range of time left: `30–41 s left`, `58 s–1 min 9 s left`, or that it is not known. */
export function formatEta(eta: Run['eta']): string {
  if (eta === null) return 'time left unknown'
  const low = formatWhole(eta.lowMs)
  const high = formatWhole(eta.highMs)
  if (low === high) return `${high} left`
  const [lowNumber, lowUnit, ...lowRest] = low.split(' ')
  const [, highUnit, ...highRest] = high.split(' ')
  const sameUnit = lowRest.length === 0 && highRest.length === 0 && lowUnit === highUnit
  return `${sameUnit ? lowNumber : low}–${high} left`
}

function formatWhole(ms: number): string {
  return formatDuration(Math.max(1000, Math.ceil(ms / 1000) * 1000)).replace(/^(\d+)\.0 s$/, '$1 s')
}

/** `26.4 %`; 100 only for what is over. */
export function formatPercent(progress: number): string {
  return progress >= 100 ? '100 %' : `${(Math.floor(progress * 10) / 10).toFixed(1)} %`
}

/** The beginning of a long id, as the screens show it; short ones whole. */
export function shortId(id: string): string {
  return id.length <= 12 ? id : `${id.slice(0, 8)}…`
}

/** A size as people say it: `840 B`, `12.3 kB`, `1.2 MB`; thousands, as disks are sold. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3))
  return `${(bytes / 1000 ** step).toFixed(step === 0 ? 0 : 1)} ${units[step]}`
}
