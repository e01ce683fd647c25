import { isTerminal, MonofilError, runOfTopic } from '@monofil/protocol'
import type { NotificationStore } from '../seams/notification-store.ts'
import type { RunStore } from '../seams/store.ts'
import { controlText } from './control.ts'
import type { Feed } from './feed.ts'
import { endsRound, isRunDialect } from './frames.ts'
import { type LogReader, type Piece, shared } from './log-reader.ts'
import { RunSnapshot, type SnapshotPart } from './run-snapshot.ts'
import type { HubSettings } from './settings.ts'
import type { Subscription } from './subscription.ts'

export interface CatchUpHost {
  readonly settings: HubSettings
  readonly reader: LogReader
  readonly runs: RunStore
  readonly notifications: NotificationStore
  /** Monotonic ms. */
  readonly now: number
  /** The run was deleted while it was read. */
  gone(feed: Feed, sub: Subscription): void
  ended(sub: Subscription): void
}

/**
 * Brings subscriptions from where they are to live, a piece at a time: gap, snapshot, then the log. Reads beyond what
 * the feed has flushed are never used, so that what goes live has exactly what the live ones have.
 */
export class CatchUp {
  readonly #host: CatchUpHost
  readonly #snapshots = new Map<string, Promise<RunSnapshot | undefined>>()
  readonly #inboxes = new Map<string, ReturnType<NotificationStore['snapshot']>>()

  constructor(host: CatchUpHost) {
    this.#host = host
  }

  /** Writes the next piece; a promise when it has to be read first. */
  advance(feed: Feed, sub: Subscription): Promise<void> | undefined {
    if (feed.isRemoved) {
      this.#host.gone(feed, sub)
      return undefined
    }
    if (feed.isDropped)
      throw new MonofilError('internal', `topic ${feed.topic} was forgotten while it was subscribed to`)
    if (sub.gap !== undefined) {
      sub.connection.write(controlText('gap', sub.gap))
      sub.gap = undefined
      if (!sub.needsSnapshot) this.#placed(sub)
      return undefined
    }
    if (sub.needsSnapshot) return this.#snapshot(feed, sub)
    if (sub.cursor >= feed.flushed) {
      if (sub.cursor > feed.flushed) feed.park(sub)
      else this.#live(feed, sub)
      return undefined
    }
    const after = sub.cursor
    const recent = feed.recent(after)
    if (recent !== undefined) {
      this.#send(feed, sub, recent)
      return undefined
    }
    const { rewrites } = feed
    return this.#host.reader.read(feed.log, after, rewrites).then((piece) => {
      if (sub.mode !== 'catching' || sub.cursor !== after || sub.needsSnapshot) return
      const fits = feed.ring.isEmpty ? piece.last === feed.head : true
      if (fits && feed.rewrites === rewrites) feed.ring.prime(piece.events)
      this.#send(feed, sub, piece)
    })
  }

  #live(feed: Feed, sub: Subscription): void {
    feed.goLive(sub)
    if (feed.isFinished) this.#host.ended(sub)
  }

  #send(feed: Feed, sub: Subscription, piece: Piece): void {
    const { connection } = sub
    const from = sub.cursor + 1
    const upTo = Math.min(piece.last, feed.flushed)
    if (piece.events.length === 0 && piece.oldest <= from) {
      throw new MonofilError(
        'internal',
        `the log of ${feed.topic} has no event ${from} though its head is ${feed.head}`,
      )
    }
    if (piece.oldest > from) {
      const { topic, epoch } = feed
      connection.write(controlText('gap', { topic, epoch, from, to: piece.oldest - 1, reason: 'retention' }))
      // A run whose log was cut: items and steps that went with the lines are in its snapshot. So are those of an inbox.
      if (feed.hasSnapshot) {
        sub.needsSnapshot = true
        sub.snapshot = undefined
        sub.part = 0
        return
      }
      if (piece.events.length === 0) connection.markId()
    }
    const bytes = piece.events.length === 0 ? undefined : piece.buffer(sub.dialect, upTo)
    if (bytes !== undefined) connection.write(bytes)
    sub.cursor = Math.max(piece.events.length === 0 ? piece.oldest - 1 : upTo, sub.cursor)
    this.#placed(sub)
    connection.moved()
    if (isRunDialect(sub.dialect) && feed.isFinished && hasEnd(piece, upTo)) connection.finish()
  }

  #placed(sub: Subscription): void {
    if (sub.place === 'here') return
    sub.place = 'here'
    sub.connection.markId()
  }

  #snapshot(feed: Feed, sub: Subscription): Promise<void> | undefined {
    if (feed.user !== undefined) return this.#inbox(feed, sub, feed.user)
    const snapshot = sub.snapshot
    if (snapshot === undefined) {
      const known = this.#fresh(feed)
      if (known !== undefined) {
        sub.snapshot = known
        return undefined
      }
      return this.#load(feed).then((loaded) => {
        if (loaded === undefined) this.#host.gone(feed, sub)
        else if (sub.mode === 'catching') sub.snapshot = loaded
      })
    }
    const part = snapshot.part(sub.part)
    if (part === undefined) {
      return snapshot.load(sub.part).then((loaded) => {
        if (sub.mode === 'catching' && sub.snapshot === snapshot) return this.#part(feed, sub, snapshot, loaded)
        return undefined
      })
    }
    return this.#part(feed, sub, snapshot, part)
  }

  async #inbox(feed: Feed, sub: Subscription, user: string): Promise<void> {
    const { notifications, settings } = this.#host
    const read = () => notifications.snapshot(user, settings.snapshotInbox)
    const { offset, ...data } = await shared(this.#inboxes, `${feed.rewrites} ${user}`, read)
    if (sub.mode !== 'catching' || !sub.needsSnapshot) return
    const { topic, epoch } = feed
    const snapshot = JSON.stringify({ topic, epoch, offset, data })
    sub.connection.write(`event: snapshot\ndata: ${snapshot}\n\n`)
    this.#snapshotDone(sub, offset)
  }

  #part(feed: Feed, sub: Subscription, snapshot: RunSnapshot, part: SnapshotPart): Promise<void> | undefined {
    sub.connection.write(part.buffer(sub.dialect))
    sub.part += 1
    if (part.more) return undefined
    // Whoever reads a run's own stream is owed its terminal event, also where the snapshot is already past it.
    if (!isRunDialect(sub.dialect) || !isTerminal(snapshot.run.status)) {
      this.#snapshotDone(sub, snapshot.run.offset)
      return undefined
    }
    return this.endOf(feed).then((end) => {
      if (sub.mode === 'catching') this.#snapshotDone(sub, end === 0 ? snapshot.run.offset : end - 1)
    })
  }

  #snapshotDone(sub: Subscription, cursor: number): void {
    // Not judged by offsets: much of what is said of a run changes without an event of its log.
    sub.stateNo = sub.snapshot?.stateNo ?? -1
    sub.needsSnapshot = false
    sub.snapshot = undefined
    sub.cursor = cursor
    sub.place = 'here'
    sub.connection.markId()
  }

  // An older snapshot and the log from there is always right; it is read anew when the log from there is long or no
  // longer at hand, and not more than once a second.
  #fresh(feed: Feed): RunSnapshot | undefined {
    const known = feed.snapshot
    if (known === undefined) return undefined
    // A run that is over is shown as it is: a reader of its own stream is sent no state after that.
    if (feed.isFinished && (!isTerminal(known.run.status) || known.stateNo !== feed.stateNo)) return undefined
    const behind = feed.flushed - known.run.offset
    if (behind <= 0 || this.#host.now - known.loadedAt < this.#host.settings.snapshotMaxAgeMs) return known
    return behind <= 64 && feed.ring.covers(known.run.offset) ? known : undefined
  }

  #load(feed: Feed): Promise<RunSnapshot | undefined> {
    const id = runOfTopic(feed.topic) ?? ''
    return shared(this.#snapshots, id, async () => {
      const asked = { id, stateNo: feed.stateNo, now: () => this.#host.now }
      const loaded = await RunSnapshot.load(this.#host.runs, asked, this.#host.settings)
      feed.snapshot = loaded
      return loaded
    })
  }

  /** Offset of the event that ended the run's last round; 0 when there is none. */
  async endOf(feed: Feed): Promise<number> {
    if (feed.endOffset === 0) feed.endOffset = await this.#host.reader.lastEnd(feed.log, feed.head, endsRound)
    return feed.endOffset
  }
}

function hasEnd(piece: Piece, upTo: number): boolean {
  return piece.events.some((event) => event.offset <= upTo && endsRound(event.type))
}
