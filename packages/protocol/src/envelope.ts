/** One event of a log topic, as every reader gets it (protocol 2). */
export interface Envelope<T = unknown> {
  readonly topic: string
  /** Null for ephemeral events, which are not stored. */
  readonly epoch: string | null
  /** 1, 2, 3, … without holes within a topic and epoch; null for ephemeral events. */
  readonly offset: number | null
  readonly type: string
  readonly data: T
  /** ISO 8601, UTC, milliseconds. */
  readonly at: string
}

/** An envelope that is in the log. */
export interface StoredEnvelope<T = unknown> extends Envelope<T> {
  readonly epoch: string
  readonly offset: number
}
