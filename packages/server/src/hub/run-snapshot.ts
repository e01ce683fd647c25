import type { Item, Run } from '@monofil/protocol'
import type { RunStore } from '../seams/store.ts'
import { type Dialect, isRunDialect, runStateJson } from './frames.ts'
import { shared } from './log-reader.ts'

/** Some items of a run, framed once for all who are sent this part. */
export class SnapshotPart {
  readonly more: boolean
  readonly bytes: number
  readonly #run: Run
  readonly #itemsJson: string
  readonly #isFirst: boolean
  readonly #buffers: (Buffer | undefined)[] = []

  constructor(run: Run, items: readonly Item[], place: { isFirst: boolean; more: boolean }) {
    this.#run = run
    this.#itemsJson = JSON.stringify(items)
    this.#isFirst = place.isFirst
    this.more = place.more
    this.bytes = this.#itemsJson.length
  }

  buffer(dialect: Dialect): Buffer {
    const same = isRunDialect(dialect) ? 1 : 0
    this.#buffers[same] ??= Buffer.from(same === 1 ? this.#runText() : this.#snapshotText())
    return this.#buffers[same]
  }

  // Input and result can be big: only the last part, which is the one that counts, has them.
  #snapshotText(): string {
    const run = this.more ? runStateJson(this.#run) : JSON.stringify(this.#run)
    const { id, epoch, offset } = this.#run
    const more = this.more ? ',"more":true' : ''
    return `event: snapshot\ndata: {"topic":"run:${id}","epoch":"${epoch}","offset":${offset},"data":{"run":${run},"items":${this.#itemsJson}}${more}}\n\n`
  }

  #runText(): string {
    const progress = this.#isFirst ? `event: progress\ndata: ${runStateJson(this.#run)}\n\n` : ''
    return this.#itemsJson === '[]' ? progress : `${progress}event: item\ndata: ${this.#itemsJson}\n\n`
  }
}

export interface SnapshotLimits {
  readonly snapshotFirst: number
  readonly snapshotItems: number
  readonly snapshotBytes: number
  readonly snapshotKeepBytes: number
}

/**
 * A run with its items as of one offset, in parts that are read when the first reader needs them and kept for the
 * others. Later parts may hold items that have changed since: each carries its own offset, and the log that is
 * replayed from `offset` brings the rest.
 */
export class RunSnapshot {
  readonly run: Run
  /** Monotonic ms of the reading. */
  readonly loadedAt: number
  /** The number of the last state that was sent before the reading: that one is in it, later ones may not be. */
  readonly stateNo: number
  readonly #runs: RunStore
  readonly #limits: SnapshotLimits
  readonly #parts = new Map<number, SnapshotPart>()
  readonly #loading = new Map<number, Promise<SnapshotPart>>()
  /** Where each part begins in the list of items, and how many it asks for. */
  readonly #starts: { readonly cursor: string; readonly limit: number }[] = []
  #kept = 0

  private constructor(runs: RunStore, limits: SnapshotLimits, at: { run: Run; loadedAt: number; stateNo: number }) {
    this.#runs = runs
    this.#limits = limits
    this.run = at.run
    this.loadedAt = at.loadedAt
    this.stateNo = at.stateNo
  }

  /** Reads it now; `stateNo`: of the last state that was sent by now. Undefined when there is no such run. */
  static async load(
    runs: RunStore,
    asked: { readonly id: string; readonly stateNo: number; readonly now: () => number },
    limits: SnapshotLimits,
  ): Promise<RunSnapshot | undefined> {
    const { id, stateNo, now } = asked
    const first = await runs.snapshot(id, limits.snapshotFirst)
    if (first === undefined) return undefined
    const snapshot = new RunSnapshot(runs, limits, { run: first.run, loadedAt: now(), stateNo })
    snapshot.#keep(0, first.items.items, first.items.nextCursor)
    return snapshot
  }

  /** A part by its number, from 0; undefined while it must be read: then `load` it. */
  part(index: number): SnapshotPart | undefined {
    return this.#parts.get(index)
  }

  load(index: number): Promise<SnapshotPart> {
    const start = this.#starts[index]
    if (start === undefined) throw new RangeError(`snapshot of run ${this.run.id} has no part ${index} yet`)
    return shared(this.#loading, index, async () => {
      const page = await this.#runs.items({ viewer: { all: true }, runId: this.run.id, ...start })
      return this.#keep(index, page.items, page.nextCursor)
    })
  }

  #keep(index: number, items: readonly Item[], nextCursor: string | null): SnapshotPart {
    const part = new SnapshotPart(this.run, items, { isFirst: index === 0, more: nextCursor !== null })
    if (nextCursor !== null)
      this.#starts[index + 1] = { cursor: nextCursor, limit: this.#nextLimit(part, items.length) }
    if (index === 0 || this.#kept + part.bytes <= this.#limits.snapshotKeepBytes) {
      this.#kept += part.bytes
      this.#parts.set(index, part)
    }
    return part
  }

  // Items differ in size from a flag to a megabyte: the last part tells what to expect of the next.
  #nextLimit(part: SnapshotPart, count: number): number {
    const fits = Math.floor((this.#limits.snapshotBytes * count) / Math.max(1, part.bytes))
    return Math.min(this.#limits.snapshotItems, Math.max(1, fits))
  }
}
