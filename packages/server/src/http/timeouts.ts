/** How long a connection may keep the hub waiting, in ms. */
export interface Timeouts {
  /** It has said nothing at all: closed without a word. Browsers open connections ahead of need. */
  readonly silentMs: number
  /** From its first byte to the end of its head: 408. */
  readonly headMs: number
  /** From its first byte to the end of its body: 408. */
  readonly requestMs: number
  /** Between two requests. Above the 60 s that proxies keep theirs, so that they are the ones to close. */
  readonly idleMs: number
  /** It takes nothing of an answer: destroyed. Streams have a rule of their own. */
  readonly stallMs: number
}

/** The defaults. A body of 1 MiB in a minute is 17 kB a second. */
export const TIMEOUTS: Timeouts = {
  silentMs: 30_000,
  headMs: 15_000,
  requestMs: 60_000,
  idleMs: 65_000,
  stallMs: 120_000,
}
