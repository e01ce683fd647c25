import type { TopicRow } from './topic-log.ts'

/** What one `item` event carries at most (protocol 2); a change is estimated at least at the size of a bare item. */
const MAX_ITEMS = 500
const MAX_BYTES = 200_000
const BARE_ITEM = 300

/** An `item` event whose place in the log is taken and whose data is put together at the end of the group. */
export interface PendingItems {
  readonly runId: string
  readonly step: string
  readonly topic: TopicRow
  readonly offset: number
  /** Its place among the group's events, so that they are announced in offset order. */
  readonly slot: number
  /** By id, in the order they changed: as JSON, or null for what is yet to be read. */
  readonly items: Map<string, string | null>
  bytes: number
}

/** The `item` events of one group: at most one open per run and step, in the order their places were taken. */
export class ItemEvents {
  readonly all: PendingItems[] = []
  readonly #open = new Map<string, PendingItems>()

  /**
   * The offset of the event that will carry this item; `place` takes the next place of the run's log when the open
   * event is full or there is none.
   */
  add(change: { runId: string; step: string; itemId: string; bytes: number }, place: () => Place): number {
    const key = `${change.runId}\n${change.step}`
    const bytes = change.bytes + BARE_ITEM
    let event = this.#open.get(key)
    if (event === undefined || !fits(event, change.itemId, bytes)) {
      event = { runId: change.runId, step: change.step, ...place(), items: new Map(), bytes: 0 }
      this.#open.set(key, event)
      this.all.push(event)
    }
    event.items.set(change.itemId, null)
    event.bytes += bytes
    return event.offset
  }

  /** What the open event shows of an item that was just added to it. */
  show({ runId, step, itemId }: { runId: string; step: string; itemId: string }, json: string): void {
    this.#open.get(`${runId}\n${step}`)?.items.set(itemId, json)
  }

  /** Closes the run's open events: items that change from here on get later places. */
  seal(runId: string): void {
    for (const [key, event] of this.#open) if (event.runId === runId) this.#open.delete(key)
  }

  /** The run's log was given up: its events have no place any more. */
  drop(runId: string): void {
    this.seal(runId)
    for (let i = this.all.length - 1; i >= 0; i--) if (this.all[i]?.runId === runId) this.all.splice(i, 1)
  }
}

type Place = Pick<PendingItems, 'topic' | 'offset' | 'slot'>

function fits(event: PendingItems, itemId: string, bytes: number): boolean {
  if (event.items.has(itemId)) return true
  return event.items.size < MAX_ITEMS && event.bytes + bytes <= MAX_BYTES
}
