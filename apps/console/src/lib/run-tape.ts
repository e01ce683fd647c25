import type { Envelope, Item, LogLine, Run, RunEnd, RunStatus, Step } from '@monofil/protocol'
import { ItemReel } from './item-reel.ts'

/** One thing to find on a tape. */
export interface Mark {
  readonly kind: 'failure' | 'round' | 'pause' | 'resume' | 'end'
  readonly offset: number
  /** ms since 1970. */
  readonly at: number
  /** How many items failed. */
  readonly count: number
}

/** What the log says of the run itself, with the number of the event that said it. */
export type Word = { readonly event: number } & (
  | { readonly kind: 'status'; readonly status: RunStatus; readonly round: number }
  | { readonly kind: 'step'; readonly step: Step }
  | { readonly kind: 'end'; readonly run: RunEnd }
)

/** The log of a run as something to go to and fro on. Events are added in order of their offsets. */
export class RunTape {
  readonly reel = new ItemReel()
  /** When each event was (ms since 1970) and its offset; times never fall, whatever clocks did. */
  readonly times: number[] = []
  readonly offsets: number[] = []
  readonly marks: Mark[] = []
  readonly lines: LogLine[] = []
  readonly words: Word[] = []
  /** When the run was made: where the tape begins if nothing was cut. */
  readonly began: number
  /** How many of the oldest events the log does not hold any more. */
  readonly cut: number
  readonly #until: number[] = []
  readonly #base: number
  #round = 1
  #status: RunStatus = 'queued'

  /**
   * @param run the run as it is now: its steps are those of every moment
   * @param cut how many of the oldest events are gone
   * @param items as they are now; those that have not changed since are as they were before the first event
   */
  constructor(run: Pick<Run, 'steps' | 'createdAt'>, cut = 0, items: Iterable<Item> = []) {
    this.began = Date.parse(run.createdAt)
    this.cut = cut
    for (const { name } of run.steps) this.reel.stepOf(name)
    if (cut > 0) for (const item of items) if (item.offset <= cut) this.reel.add(item)
    this.#base = this.reel.length
  }

  /** How many events there are. */
  get size(): number {
    return this.times.length
  }

  get from(): number {
    return this.cut === 0 ? Math.min(this.began, this.times[0] ?? this.began) : (this.times[0] ?? this.began)
  }

  get to(): number {
    return this.times.at(-1) ?? this.from
  }

  /** Takes events; those it has, and those without a place in the log, are passed over. */
  add(events: readonly Envelope[]): void {
    for (const event of events) {
      const { offset } = event
      if (offset === null || offset <= (this.offsets.at(-1) ?? this.cut)) continue
      const at = Math.max(Date.parse(event.at), this.times.at(-1) ?? 0)
      this.times.push(at)
      this.offsets.push(offset)
      this.#take(event, offset, at)
      this.#until.push(this.reel.length)
    }
  }

  /** The number of the last event at or before an offset; -1 before the first. */
  eventOf(offset: number): number {
    return lastUpTo(this.offsets, offset)
  }

  /** The number of the last event at or before a time, ms since 1970; -1 before the first. */
  eventAt(time: number): number {
    return lastUpTo(this.times, time)
  }

  /** How many versions of items there were after an event. */
  versionsAt(event: number): number {
    return this.#until[event] ?? this.#base
  }

  #take({ type, data }: Envelope, offset: number, at: number): void {
    const event = this.size - 1
    const mark = (kind: Mark['kind'], count = 0) => this.marks.push({ kind, offset, at, count })
    if (type === 'item') {
      const items = data as readonly Item[]
      const failed = items.filter(({ status }) => status === 'failed').length
      for (const item of items) this.reel.add(item)
      if (failed > 0) mark('failure', failed)
    } else if (type === 'log') this.lines.push({ ...(data as LogLine), offset })
    else if (type === 'step') this.words.push({ kind: 'step', event, step: data as Step })
    else if (type === 'complete' || type === 'failed') {
      this.words.push({ kind: 'end', event, run: data as RunEnd })
      this.#status = (data as RunEnd).status
      mark('end')
    } else if (type === 'status') {
      const { status, round } = data as { status: RunStatus; round: number }
      this.words.push({ kind: 'status', event, status, round })
      if (round > this.#round) mark('round')
      else if (status === 'paused') mark('pause')
      else if (this.#status === 'paused') mark('resume')
      this.#round = round
      this.#status = status
    }
  }
}

/** The index of the last of ascending values that is not above `value`; -1 when all are. */
export function lastUpTo(values: readonly number[], value: number): number {
  let low = 0
  let high = values.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((values[middle] ?? 0) <= value) low = middle + 1
    else high = middle
  }
  return low - 1
}
