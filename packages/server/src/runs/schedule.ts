import { MonofilError } from '@monofil/protocol'
import { Cron } from 'croner'

/** When a schedule starts runs: by a cron in a zone, or once at a time (ms since 1970). */
export type When =
  | { readonly cron: string; readonly timezone: string; readonly at: null }
  | { readonly cron: null; readonly timezone: null; readonly at: number }

/** Finer than any tick: between two of these there is none. */
const SECOND_MS = 1000

/**
 * The first time after `after` (ms since 1970, both) at which a cron matches in its zone, or null when there is none.
 * Where clocks are put forward, a time that the day does not have comes at the end of the gap, once; where they are
 * put back, a time that comes twice counts the first time. A cron whose seconds, minutes or hours have a `*` or a step
 * counts by what passes instead: it leaves out the gap and goes through the hour that comes twice both times. Where
 * neither day nor weekday is `*`, one of them is enough.
 * @throws `invalid_request` with `field` (`cron`, `timezone`) for one that cannot be read.
 */
export function nextTick(cron: string, timezone: string, after: number): number | null {
  return readCron(cron, timezone)(after)
}

/** Up to `count` times after `after`, ascending. @throws as `nextTick`. */
export function nextTicks(when: When, after: number, count: number): readonly number[] {
  if (when.at !== null) return when.at > after ? [when.at] : []
  const next = readCron(when.cron, when.timezone)
  const ticks: number[] = []
  for (let tick = next(after); tick !== null && ticks.length < count; tick = next(tick)) ticks.push(tick)
  return ticks
}

/**
 * The first time of a schedule after now. @throws `invalid_request` with `field` for a cron or zone that cannot be
 * read, a cron that never matches, and a time that is over.
 */
export function firstTick(when: When, now: number): number {
  if (when.at !== null) {
    if (when.at > now) return when.at
    throw new MonofilError('invalid_request', `at: ${new Date(when.at).toISOString()} is over: give a time to come.`, {
      field: 'at',
    })
  }
  const tick = nextTick(when.cron, when.timezone, now)
  if (tick !== null) return tick
  throw new MonofilError('invalid_request', `cron: ${when.cron} never comes: no day is as it says.`, { field: 'cron' })
}

/**
 * Of the ticks from `due`, which is one, to `now`: the newest. By halving, since a cron of seconds has 86,400 of them
 * in each day of a downtime.
 */
export function newestTick(cron: { readonly cron: string; readonly timezone: string }, due: number, now: number) {
  const next = readCron(cron.cron, cron.timezone)
  let newest = due
  let none = now
  while (none > newest) {
    const middle = newest + Math.floor((none - newest) / 2)
    const tick = next(middle)
    if (tick !== null && tick <= now) newest = tick
    else none = middle
  }
  return newest
}

/** The id of the run of one tick: the same for whoever starts it, so that no tick has two. */
export function runIdOfTick(scheduleId: string, tick: number): string {
  return `${scheduleId}.${new Date(tick).toISOString().replaceAll(/[-:]|\.000/g, '')}`
}

/** The tag on every run that a schedule starts. */
export function tagOfSchedule(scheduleId: string): string {
  return `schedule:${scheduleId}`
}

function readCron(cron: string, timezone: string): (after: number) => number | null {
  // The library takes a date for a job that runs once, and a year as a seventh field.
  const fields = cron.trim().split(/\s+/).length
  if (!cron.trim().startsWith('@') && fields !== 5 && fields !== 6) {
    throw refused(
      'cron',
      `${cron} has ${fields} fields: a cron has 5 (minute, hour, day, month, weekday), or 6 with seconds in front.`,
    )
  }
  if (!isZone(timezone)) throw refused('timezone', `${timezone} is no time zone, such as Europe/Berlin or UTC.`)
  try {
    const job = new Cron(cron.trim(), { timezone, paused: true, mode: '5-or-6-parts', fixedTimeRule: 'no-wildcard' })
    return (after) => {
      const from = Math.floor(after / SECOND_MS) * SECOND_MS
      return job.nextRun(new Date(from))?.getTime() ?? null
    }
  } catch (error) {
    throw refused('cron', wordsOf(error))
  }
}

function isZone(timezone: string): boolean {
  try {
    // An offset such as +02:00 is taken by Intl, and is no place whose clocks are put forward.
    return /^[A-Za-z]/.test(timezone) && new Intl.DateTimeFormat('en', { timeZone: timezone }) !== undefined
  } catch {
    return false
  }
}

function refused(field: 'cron' | 'timezone', words: string): MonofilError {
  return new MonofilError('invalid_request', `${field}: ${words}`, { field })
}

/** What the library says, without its own name in front. */
function wordsOf(error: unknown): string {
  const words = error instanceof Error ? error.message : String(error)
  return words.replace(/^CronPattern: /, '')
}
