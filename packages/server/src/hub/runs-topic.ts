import type { Run } from '@monofil/protocol'
import { can, viewerOf } from '../auth/index.ts'
import type { Principal } from '../seams/auth.ts'
import type { RunStore } from '../seams/store.ts'
import { Audience } from './audience.ts'
import { runStateJson } from './frames.ts'
import { shared } from './log-reader.ts'

/** How many of the newest runs are shown. */
const WINDOW = 50

/** One kind of viewer and the newest runs that they may see. */
interface View {
  readonly audience: Audience
  readonly principal: Principal
  readonly window: Map<string, Run>
  /** Runs that changed while the list was read: newer than what it may say. */
  early: Map<string, Run> | undefined
}

/** The state topic `runs`: for each kind of viewer the 50 newest runs in their sight, read once and then followed. */
export class RunsTopic {
  readonly #runs: RunStore
  readonly #views = new Map<string, View>()
  readonly #loading = new Map<string, Promise<View>>()
  #seq = 0

  constructor(runs: RunStore) {
    this.#runs = runs
  }

  /** The topic as this user sees it, once it is known. Viewers with the same rights share it. */
  async audience(principal: Principal): Promise<Audience> {
    const key = JSON.stringify(viewerOf(principal))
    const view = this.#views.get(key)
    if (view !== undefined && view.early === undefined) return view.audience
    return (await this.#load(key, principal)).audience
  }

  /** A run's newest state, or its first. */
  changed(run: Run, seq: number): void {
    this.#seq = Math.max(this.#seq, seq)
    for (const view of this.#views.values()) {
      if (!can(view.principal, 'run.read', run)) continue
      if (view.early === undefined) this.#show(view, run, seq)
      else view.early.set(run.id, run)
    }
  }

  removed(id: string, seq: number): void {
    this.#seq = Math.max(this.#seq, seq)
    for (const [key, view] of this.#views) {
      view.early?.delete(id)
      if (!view.window.delete(id)) continue
      view.audience.set(id, seq, null)
      // One place is free for an older run, and only the store knows which.
      view.early ??= new Map()
      this.#load(key, view.principal).catch(() => this.#views.delete(key))
    }
  }

  /** Forgets viewers of whom nobody is left for `lingerMs`. */
  sweep(now: number, lingerMs: number): void {
    for (const [key, { audience }] of this.#views) {
      if (audience.count > 0 || audience.idleSince > now) audience.idleSince = now
      else if (now - audience.idleSince > lingerMs) {
        this.#views.delete(key)
        audience.isDropped = true
      }
    }
  }

  get isWatched(): boolean {
    return this.#views.size > 0
  }

  #load(key: string, principal: Principal): Promise<View> {
    return shared(this.#loading, key, async () => {
      const known = this.#views.get(key)
      const view = known ?? { audience: new Audience('runs'), principal, window: new Map(), early: new Map() }
      view.audience.idleSince = Number.MAX_SAFE_INTEGER
      this.#views.set(key, view)
      try {
        const page = await this.#runs.list({ viewer: viewerOf(principal), limit: WINDOW })
        for (const run of page.items.toReversed()) this.#show(view, run, this.#seq)
        const early = view.early
        view.early = undefined
        for (const run of early?.values() ?? []) this.#show(view, run, this.#seq)
      } catch (error) {
        this.#views.delete(key)
        throw error
      }
      return view
    })
  }

  #show(view: View, run: Run, seq: number): void {
    const known = view.window.get(run.id)
    if (known !== undefined && known.offset > run.offset) return
    const oldest = known === undefined && view.window.size >= WINDOW ? oldestOf(view.window) : undefined
    if (oldest !== undefined && isOlder(run, oldest)) return
    view.window.set(run.id, run)
    view.audience.set(run.id, seq, runStateJson(run))
    if (oldest === undefined) return
    // After the newer one: the other way round a reader that stands between the two sees a run go and none take its
    // place, which is how a run that was deleted looks.
    view.window.delete(oldest.id)
    view.audience.set(oldest.id, seq, null)
  }
}

function oldestOf(window: ReadonlyMap<string, Run>): Run | undefined {
  let oldest: Run | undefined
  for (const run of window.values()) if (oldest === undefined || isOlder(run, oldest)) oldest = run
  return oldest
}

// As readers order them, by the id within one moment: they cut their list to the newest by themselves.
function isOlder(a: Run, b: Run): boolean {
  return a.createdAt === b.createdAt ? a.id < b.id : a.createdAt < b.createdAt
}
