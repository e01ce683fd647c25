import {
  type Cursor,
  type Envelope,
  type Gap,
  type Item,
  isTerminal,
  type LogLine,
  type Run,
  type RunEnd,
  type RunState,
  type RunStatus,
  type Snapshot,
  type State,
  type Step,
} from '@monofil/protocol'
import type { Fold } from './fold.ts'
import { ItemList, placeOf } from './item-list.ts'
import type { RunView, ViewMeta } from './types.ts'

const LOGS = 1000
const PART = 500

/** A run as its topic tells it: snapshot parts, then events and states; the newer word about anything wins. */
export class RunFold implements Fold<RunView> {
  readonly #id: string
  #run: Run | null = null
  #epoch: string | null = null
  /** Between the first and the last part of a snapshot nothing is shown: half a run is a wrong one. */
  #loading = false
  #items: Item[] = []
  #places = new Map<string, number>()
  #sorted = true
  #list = new ItemList()
  #listStale = false
  #logs: LogLine[] = []
  #logsShown: readonly LogLine[] = []
  #gap: Gap | null = null

  constructor(id: string) {
    this.#id = id
  }

  get ready(): boolean {
    return this.#run !== null && !this.#loading
  }

  /** The place of the log that the run's last word is true at, if the run is over there. */
  get endedAt(): { epoch: string; offset: number } | null {
    const run = this.#run
    return run !== null && isTerminal(run.status) ? { epoch: run.epoch, offset: run.offset } : null
  }

  snapshot(snapshot: Snapshot): void {
    const { run, items } = snapshot.data as { run: Run; items: readonly Item[] }
    // Offsets of another epoch cannot be compared: what is known is no longer true.
    if (snapshot.epoch !== undefined && this.#epoch !== snapshot.epoch) this.#clear(snapshot.epoch)
    this.#loading = snapshot.more === true && (this.#loading || this.#run === null)
    this.#word(run)
    this.#merge(items)
    this.#gap = null
  }

  event({ type, data, epoch, offset }: Envelope): void {
    if (epoch === null || offset === null) return
    this.#epoch ??= epoch
    if (type === 'item') this.#merge(data as readonly Item[])
    else if (type === 'log') this.#log({ ...(data as LogLine), offset })
    else if (type === 'status') this.#patch(offset, data as { status: RunStatus; round: number })
    else if (type === 'step') this.#step(offset, data as Step)
    else if (type === 'complete' || type === 'failed') this.#word(data as RunEnd)
  }

  state(state: State): void {
    if ('epoch' in state) this.#word(state.data as RunState)
  }

  gap(gap: Gap): void {
    this.#gap = gap
  }

  parts(topic: string, at: Cursor | null): readonly Snapshot[] {
    const run = this.#run
    if (run === null) return []
    const { list } = this.#itemList()
    // The run's own place is that of its last word; the log has gone on since, by items and lines.
    const { epoch, offset } = at ?? run
    const parts: Snapshot[] = []
    for (let from = 0; from === 0 || from < list.length; from += PART) {
      const data = { run, items: list.slice(from, from + PART) }
      parts.push({ topic, epoch, offset, data, ...(from + PART < list.length ? { more: true } : {}) })
    }
    return parts
  }

  word(topic: string): State | null {
    if (this.#run === null) return null
    const { input: _, result: __, ...data } = this.#run
    return { topic, epoch: data.epoch, offset: data.offset, data }
  }

  view(meta: ViewMeta): RunView {
    return { ...meta, id: this.#id, run: this.#run, items: this.#itemList(), logs: this.#logLines(), gap: this.#gap }
  }

  #clear(epoch: string): void {
    this.#epoch = epoch
    this.#run = null
    this.#items = []
    this.#places = new Map()
    this.#sorted = true
    this.#listStale = true
  }

  /** A word about the whole run: never an older one than the last, and without losing what states leave out. */
  #word(word: Run | RunEnd | RunState): void {
    const old = this.#run
    if (old !== null && old.epoch === word.epoch && word.offset < old.offset) return
    this.#epoch ??= word.epoch
    // Within a round a bar never goes back, whoever rounds differently.
    const progress = old?.round === word.round ? Math.max(old.progress, word.progress) : word.progress
    this.#run = { input: old?.input, result: old?.result, ...word, progress }
  }

  #patch(offset: number, fields: Partial<Run>): void {
    if (this.#run !== null && offset >= this.#run.offset) this.#run = { ...this.#run, ...fields, offset }
  }

  #step(offset: number, step: Step): void {
    const steps = this.#run?.steps ?? []
    const known = steps.some(({ name }) => name === step.name)
    this.#patch(offset, { steps: known ? steps.map((old) => (old.name === step.name ? step : old)) : [...steps, step] })
  }

  #log(line: LogLine): void {
    this.#logs.push(line)
    // Trimmed in slabs: a shift per line would cost as much as the lines held.
    if (this.#logs.length > LOGS * 2) this.#logs = this.#logs.slice(-LOGS)
    this.#logsShown = []
  }

  #logLines(): readonly LogLine[] {
    if (this.#logsShown.length === 0 && this.#logs.length > 0) this.#logsShown = this.#logs.slice(-LOGS)
    return this.#logsShown
  }

  #merge(items: readonly Item[]): void {
    for (const item of items) {
      const key = placeOf(item.step, item.id)
      const place = this.#places.get(key)
      if (place === undefined) {
        const last = this.#items.at(-1)
        this.#sorted &&= last === undefined || (last.step === item.step && last.index <= item.index)
        this.#put(item, this.#items.push(item) - 1)
      } else if ((this.#items[place]?.offset ?? 0) <= item.offset) {
        this.#items[place] = item
      }
    }
    this.#listStale ||= items.length > 0
  }

  #put(item: Item, place: number): void {
    this.#places.set(placeOf(item.step, item.id), place)
    if (!this.#places.has(item.id)) this.#places.set(item.id, place)
  }

  #itemList(): ItemList {
    if (!this.#listStale) return this.#list
    if (!this.#sorted) this.#sort()
    this.#list = new ItemList(this.#items.slice(), this.#places)
    this.#listStale = false
    return this.#list
  }

  #sort(): void {
    const rank = new Map(this.#run?.steps.map((step, index) => [step.name, index]))
    const rankOf = (item: Item) => rank.get(item.step) ?? rank.size
    this.#items.sort(
      (a, b) => rankOf(a) - rankOf(b) || (a.step < b.step ? -1 : a.step > b.step ? 1 : 0) || a.index - b.index,
    )
    this.#places = new Map()
    for (const [place, item] of this.#items.entries()) this.#put(item, place)
    this.#sorted = true
  }
}
