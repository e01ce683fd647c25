import type { LoggedEvent } from './commit.ts'

export interface NewLogEvent {
  readonly topic: string
  readonly type: string
  readonly dataJson: string
  /** The publisher's id: known for the topic (24 h, and within the batch), the event is not appended again. */
  readonly id?: string | undefined
}

export interface Appended {
  readonly topic: string
  readonly epoch: string
  readonly offset: number
  readonly duplicate: boolean
}

export interface LogPage {
  /** Ascending, without holes; empty when `after` is the head. */
  readonly events: readonly LoggedEvent[]
  /** Offset of the oldest event held; `head + 1` when none is. */
  readonly oldest: number
  /** Offset of the newest event ever appended; 0 for a topic never written. */
  readonly head: number
}

export interface Retention {
  readonly maxAgeMs: number
  readonly maxCount: number
  readonly maxBytes: number
}

export interface LogStore {
  /** Appends all in one commit, in the order given; answers in that order. */
  append(events: readonly NewLogEvent[]): Promise<readonly Appended[]>
  /** Events after `after` (0: from the oldest held), at most `limit` and about `maxBytes`, at least one if there is any. */
  read(query: { topic: string; after: number; limit: number; maxBytes: number }): Promise<LogPage>
  /** One consistent read of a topic's bounds. */
  bounds(topic: string): Promise<{ readonly oldest: number; readonly head: number }>
  /** Trims application topics from the oldest, in small commits; heads are never reused. Answers how many went. */
  trim(retention: Retention): Promise<number>
}
