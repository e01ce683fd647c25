import type { MonofilClient } from '@monofil/client'

/** So long a notification may become a toast, and so long the tab that shows it keeps the others from it, in ms. */
export const TOAST_TIME_MS = 30_000
/** A tab that is in sight but not used leaves the first word to the one that is. */
const POLITE_MS = 150

/**
 * Decides which tab of a browser shows a toast: one that is looked at, the one in use before others, and only one. Where
 * there are no Web Locks each tab that is looked at shows it.
 */
export class ToastClaims {
  readonly #client: MonofilClient
  #user: Promise<string> | null = null

  constructor(client: MonofilClient) {
    this.#client = client
  }

  /** Whether this tab shows it; resolves once that is known, which for a hidden tab is no. */
  async take(id: string): Promise<boolean> {
    if (document.visibilityState !== 'visible') return false
    if (!document.hasFocus()) await new Promise((resolve) => setTimeout(resolve, POLITE_MS))
    const { locks } = navigator
    if (locks === undefined) return true
    // Two users in one browser are each shown theirs.
    this.#user ??= this.#client.api.session().then(
      ({ user }) => user,
      () => '',
    )
    const name = `monofil toast ${JSON.stringify([this.#client.url, await this.#user, id])}`
    return new Promise((resolve) => {
      locks
        .request(name, { ifAvailable: true }, (lock) => {
          resolve(lock !== null)
          return lock === null ? undefined : new Promise((done) => setTimeout(done, TOAST_TIME_MS))
        })
        // Where a browser forbids locks, two tabs in sight show it.
        .catch(() => resolve(true))
    })
  }
}
