/** Every figure of the hub. All are bounded on purpose; durations are milliseconds, sizes bytes. */
export interface HubSettings {
  /** A `ping` goes out after this long without other bytes. */
  readonly heartbeatMs: number
  /** A socket that takes nothing for this long is destroyed. */
  readonly stallMs: number
  /** How often the one timer looks at all connections. */
  readonly sweepMs: number
  /** A stream ends with `goodbye lifetime` after this long, so that connections spread over nodes again; 0 is never. */
  readonly lifetimeMs: number
  /** A run's own stream ends with `timeout` after this long. */
  readonly runStreamMs: number
  /** How long a stream that was told goodbye may take to drain. */
  readonly closeGraceMs: number
  /** A topic without subscribers is kept this long, so that a reconnect finds its ring. */
  readonly lingerMs: number
  /** Topics of one connection; of one GET stream. */
  readonly maxTopics: number
  readonly maxTopicsGet: number
  /** Over this many undrained bytes a connection is no longer pushed to, but catches up when its socket drains. */
  readonly liveMark: number
  /** Over this many undrained bytes a replay waits for the socket. Above a socket's own mark of 64 KiB. */
  readonly replayMark: number
  /** What one read of the log takes at most. */
  readonly pageEvents: number
  readonly pageBytes: number
  /** Frames of one topic and turn are handed over when they reach this size. */
  readonly flushBytes: number
  /** The longest that a topic waits after a flush that took long; 0 is never. */
  readonly restMs: number
  /** Recent events kept for each topic, and for all topics together. */
  readonly ringEvents: number
  readonly ringBytes: number
  readonly ringTotalBytes: number
  /** Shortest time between two states of one run. */
  readonly stateIntervalMs: number
  /** Items of a snapshot's first part, of the others, and about how many bytes of items a part holds. */
  readonly snapshotFirst: number
  readonly snapshotItems: number
  readonly snapshotBytes: number
  /** Parts of one run's snapshot are kept for others up to this size. */
  readonly snapshotKeepBytes: number
  /** The newest items in a snapshot of an inbox. */
  readonly snapshotInbox: number
  /** A snapshot of a run that has changed is read again at most this often. */
  readonly snapshotMaxAgeMs: number
  /** `retry:` of a fresh stream, before jitter. */
  readonly retryMs: number
  /** Open streams of one user, and from one address (IPv6: one /64); 0 is no limit. */
  readonly streamsUser: number
  readonly streamsAddress: number
  /** After how long a stream that found no place should come again, before jitter. */
  readonly noPlaceMs: number
  /** Over how long reconnects are spread when the hub drains. */
  readonly drainSpreadMs: number
}

/** The defaults. */
export const HUB_SETTINGS: HubSettings = {
  heartbeatMs: 15_000,
  stallMs: 60_000,
  sweepMs: 1_000,
  lifetimeMs: 86_400_000,
  runStreamMs: 1_800_000,
  closeGraceMs: 5_000,
  lingerMs: 30_000,
  maxTopics: 200,
  maxTopicsGet: 32,
  liveMark: 256 * 1024,
  replayMark: 128 * 1024,
  pageEvents: 256,
  pageBytes: 128 * 1024,
  flushBytes: 64 * 1024,
  restMs: 50,
  ringEvents: 256,
  ringBytes: 256 * 1024,
  ringTotalBytes: 64 * 1024 * 1024,
  stateIntervalMs: 100,
  snapshotFirst: 100,
  snapshotItems: 500,
  snapshotBytes: 256 * 1024,
  snapshotKeepBytes: 8 * 1024 * 1024,
  snapshotInbox: 50,
  snapshotMaxAgeMs: 1_000,
  retryMs: 1_000,
  streamsUser: 0,
  streamsAddress: 0,
  noPlaceMs: 5_000,
  drainSpreadMs: 5_000,
}
