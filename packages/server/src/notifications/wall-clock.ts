const MINUTE_MS = 60_000
const DAY_MINUTES = 1_440
const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const

/** What a clock on the wall shows: minutes since midnight, and the day, 0 for Sunday. */
export interface WallTime {
  readonly minutes: number
  readonly day: number
}

/** Clocks on the wall of time zones. To make one takes far longer than to read it: keep these for a command's length. */
export class WallClocks {
  readonly #formats = new Map<string, Intl.DateTimeFormat | null>()

  /** Undefined for a zone that this machine does not know. */
  read(zone: string, at: number): WallTime | undefined {
    const parts = this.#formatOf(zone)?.formatToParts(at)
    if (parts === undefined) return undefined
    const of = (wanted: string) => parts.find(({ type }) => type === wanted)?.value ?? ''
    const day = WEEKDAYS.indexOf(of('weekday') as (typeof WEEKDAYS)[number])
    return { minutes: Number(of('hour')) * 60 + Number(of('minute')), day }
  }

  /**
   * When the clock that now shows one time has gone on by so many minutes, ms since 1970: later or sooner where it is put
   * back or on in between, and where the time it would show is left out, the moment at which it is.
   */
  after(zone: string, now: number, minutes: number): number {
    const begin = now - (now % MINUTE_MS)
    const plain = begin + minutes * MINUTE_MS
    const moved = turned(this.#ahead(zone, begin) - this.#ahead(zone, plain))
    const right = plain + moved * MINUTE_MS
    if (moved === 0 || this.#ahead(zone, right) === this.#ahead(zone, plain)) return right
    let [before, after] = [right, plain]
    while (after - before > MINUTE_MS) {
      const between = before + Math.floor((after - before) / MINUTE_MS / 2) * MINUTE_MS
      if (this.#ahead(zone, between) === this.#ahead(zone, plain)) after = between
      else before = between
    }
    return after
  }

  /** Minutes by which the clock is ahead of UTC. */
  #ahead(zone: string, at: number): number {
    const utc = Math.floor(at / MINUTE_MS) % DAY_MINUTES
    return turned((this.read(zone, at)?.minutes ?? utc) - utc)
  }

  #formatOf(zone: string): Intl.DateTimeFormat | null {
    const known = this.#formats.get(zone)
    if (known !== undefined) return known
    const format = formatFor(zone)
    this.#formats.set(zone, format)
    return format
  }
}

/** Minutes the shorter way round the clock. */
function turned(minutes: number): number {
  return ((((minutes + DAY_MINUTES / 2) % DAY_MINUTES) + DAY_MINUTES) % DAY_MINUTES) - DAY_MINUTES / 2
}

function formatFor(timeZone: string): Intl.DateTimeFormat | null {
  try {
    const clock = { weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const
    return new Intl.DateTimeFormat('en-US', { timeZone, ...clock })
  } catch {
    // Another machine's data knew it. Nobody's notification may fail for that.
    return null
  }
}
