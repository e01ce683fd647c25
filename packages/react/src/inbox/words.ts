import type { InboxItem } from '@monofil/protocol'

/** What a notification is called: its title, or its message where it has none. */
export function nameOf({ title, message, id }: Pick<InboxItem, 'title' | 'message' | 'id'>): string {
  return title ?? message ?? id
}

/** Where a link may lead: a path of this origin, http or https; undefined for what a browser would run. */
export function hrefOf(link: string | null | undefined): string | undefined {
  return link && /^(https?:\/\/|\/(?![/\\]))/i.test(link) ? link : undefined
}

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

/** `5 min. ago`; below a minute, `now`. */
export function ago(at: string, now: number, locale: string): string {
  const ms = Date.parse(at) - now
  const words = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' })
  for (const [unit, size] of UNITS) if (-ms >= size) return words.format(Math.trunc(ms / size), unit)
  return words.format(0, 'second')
}
