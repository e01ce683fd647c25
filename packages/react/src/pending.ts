import type { ViewMeta, Watched } from '@monofil/client'

/** How long a topic stays for the component that waited for it: its siblings may still be waiting. */
const HOLD_MS = 10_000
/** The same for a refusal, which must still be there when the component comes back for it. */
const REFUSED_MS = 1000
/** How often a component that waits is asked whether it still does: one that was given up never says so. */
const ASK_MS = 30_000

/** What components wait for before they are mounted: it cannot live in them, since React drops what it suspends. */
export class Pending {
  readonly #waits = new Map<Watched<ViewMeta>, Promise<void>>()

  /**
   * Follows what is watched until something is known, good or bad, or it is time to ask again; the same promise until
   * then. Never rejects. @throws MonofilError `invalid_state` when the client is closed.
   */
  wait(watched: Watched<ViewMeta>): Promise<void> {
    const known = this.#waits.get(watched)
    if (known !== undefined) return known
    let resolve = () => {}
    const made = new Promise<void>((done) => {
      resolve = done
    })
    const end = (holdMs: number) => {
      if (this.#waits.get(watched) !== made) return
      this.#waits.delete(watched)
      clearTimeout(asked)
      setTimeout(stop, holdMs)
      resolve()
    }
    const look = () => {
      const { status } = watched.get()
      if (status !== 'loading') end(status === 'ready' ? HOLD_MS : REFUSED_MS)
    }
    const stop = watched.subscribe(look)
    const asked = setTimeout(() => end(REFUSED_MS), ASK_MS)
    this.#waits.set(watched, made)
    return made
  }
}
