/** What the beat thread is started with. */
export interface BeatSettings {
  readonly dir: string
  readonly worker: string
  readonly leaseMs: number
}

/** What the main thread tells the beat thread: all that changed in one turn, to be applied in this order. */
export interface BeatOrders {
  readonly hold: readonly number[]
  /** Pairs of fence and timeoutMs. */
  readonly start: readonly (readonly [number, number])[]
  readonly finish: readonly number[]
  readonly drop: readonly number[]
  readonly close: boolean
}

/** What the beat thread answers. */
export type BeatNews =
  | { readonly kind: 'ready' }
  | { readonly kind: 'timedOut'; readonly fence: number }
  | { readonly kind: 'lost'; readonly fences: readonly number[] }
