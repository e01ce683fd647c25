import { type KpiChange, type Revocation, type Run, topicOfRun } from '@monofil/protocol'
import { NOTICE_RULES, type NoticeRules } from '../notifications/rules.ts'
import type { Connection } from './database.ts'
import { ItemEvents, type PendingItems } from './item-events.ts'
import type { TopicLog } from './topic-log.ts'
import type { ItemReader, Tx } from './tx.ts'

/** How the end of a group reads what its commands changed. */
export interface RunReader {
  readonly readRun: (db: Connection, id: string, context: { readonly epoch: string }) => Run | undefined
  readonly readItems: ItemReader
}

/** The moment and number of a group, the same for all its commands. */
export interface GroupMoment {
  readonly now: number
  readonly monotonic: number
  readonly epoch: string
  readonly commitSeq: number
  /** Left out: the defaults. */
  readonly rules?: NoticeRules | undefined
}

/** Four entries per event: topic, offset, type, data. Flat, since it is copied between threads. */
export type FlatEvents = (string | number)[]

/**
 * What one commit tells of items, in characters. The rest of a cancel of 100,000 is in the log alone: who reads along
 * sees a hole in the offsets and goes there, in place of 80 MB on their way through two threads at once.
 */
const MAX_TOLD = 4 * 1024 * 1024

/** The transaction of one group, shared by its commands in order. */
export class GroupTx implements Tx {
  readonly db: Connection
  readonly log: TopicLog
  readonly now: number
  readonly nowIso: string
  readonly monotonic: number
  readonly epoch: string
  readonly commitSeq: number
  readonly rules: NoticeRules
  readonly events: FlatEvents = []
  readonly removedRuns = new Set<string>()
  readonly changedRuns = new Set<string>()
  work = false
  readonly revoked: number[] = []
  readonly revocations: Revocation[] = []
  readonly kpis: KpiChange[] = []
  /** Counts what commands did in memory only; with `total_changes()` it tells whether one has written. */
  touched = 0
  readonly #items = new ItemEvents()

  constructor(db: Connection, log: TopicLog, moment: GroupMoment) {
    this.db = db
    this.log = log
    this.now = moment.now
    this.nowIso = new Date(moment.now).toISOString()
    this.monotonic = moment.monotonic
    this.epoch = moment.epoch
    this.commitSeq = moment.commitSeq
    this.rules = moment.rules ?? NOTICE_RULES
  }

  append(topic: string, type: string, data: string | ((offset: number) => string)): number {
    const row = this.log.open(topic)
    const offset = this.log.take(row, this.now)
    const dataJson = typeof data === 'string' ? data : data(offset)
    this.log.write(row, offset, { type, data: dataJson, at: this.now })
    this.events.push(topic, offset, type, dataJson)
    return offset
  }

  replace(topic: string, offset: number, with_: (dataJson: string) => { type: string; data: string }): void {
    this.log.rewrite(topic, offset, with_)
  }

  itemChanged(runId: string, step: string, itemId: string, bytes: number): number {
    this.touched += 1
    return this.#items.add({ runId, step, itemId, bytes }, () => {
      const topic = this.log.open(topicOfRun(runId))
      const offset = this.log.take(topic, this.now)
      const slot = this.events.length
      this.events.push(topic.name, offset, 'item', '')
      return { topic, offset, slot }
    })
  }

  itemShown(runId: string, step: string, itemId: string, json: string): void {
    this.#items.show({ runId, step, itemId }, json)
  }

  sealItems(runId: string): void {
    this.#items.seal(runId)
  }

  runChanged(runId: string): void {
    this.touched += 1
    this.changedRuns.add(runId)
  }

  runRemoved(runId: string): void {
    this.touched += 1
    this.removedRuns.add(runId)
    this.#items.drop(runId)
    this.log.giveUp(topicOfRun(runId))
  }

  workReady(): void {
    this.work = true
  }

  leaseTaken(fence: number): void {
    this.revoked.push(fence)
  }

  credentialsRevoked(revocation: Revocation): void {
    this.revocations.push(revocation)
  }

  kpiChanged(change: KpiChange): void {
    this.kpis.push(change)
  }

  /** What tells that something was written since: compare two of them. */
  mark(): number {
    const row = this.db.prepare('SELECT total_changes() AS n').get()
    return Number(row?.['n']) + this.touched
  }

  #itemsOf({ runId, step, items }: PendingItems, reader: RunReader): string {
    const unread = [...items].flatMap(([id, json]) => (json === null ? [id] : []))
    if (unread.length > 0) {
      for (const item of reader.readItems(this.db, runId, step, unread)) items.set(item.id, JSON.stringify(item))
    }
    return `[${[...items.values()].filter((json) => json !== null).join(',')}]`
  }

  /** Ends the group before its commit: item events get their data, heads are written, every changed run is read once. */
  end(reader: RunReader): ReadonlyMap<string, Run> {
    let told = 0
    for (const event of this.#items.all) {
      const data = this.#itemsOf(event, reader)
      this.log.write(event.topic, event.offset, { type: 'item', data, at: this.now })
      event.items.clear()
      told += data.length
      // A hole is seen by what comes after it: the last event of a topic is always told.
      if (told <= MAX_TOLD || event.offset === event.topic.head) this.events[event.slot + 3] = data
    }
    this.log.flush()
    const runs = new Map<string, Run>()
    for (const id of this.changedRuns) {
      const run = this.removedRuns.has(id) ? undefined : reader.readRun(this.db, id, { epoch: this.epoch })
      if (run !== undefined) runs.set(id, run)
    }
    this.db.prepare("UPDATE meta SET value = ? WHERE key = 'commit_seq'").run(this.commitSeq)
    return runs
  }
}
