/**
 * What may happen to one thing at once. `add`: a notice is sent to somebody. `mark`: items of theirs are marked, or a
 * notice is looked at. `roles`: they get another credential. `own`: nothing else at all.
 */
export type Mode = 'add' | 'mark' | 'roles' | 'own'
export type Key = readonly [name: string, mode: Mode]

/**
 * Pairs whose order makes no difference to any inbox. All others are kept apart by the driver: of "mark all" and a send,
 * either order would be right and the model could not tell which it was.
 */
const TOGETHER: Readonly<Record<Mode, readonly Mode[]>> = {
  add: ['add', 'mark', 'roles'],
  mark: ['add', 'mark'],
  roles: ['add'],
  own: [],
}

/** Locks that are had at once or not at all. */
export class Locks {
  readonly #held = new Map<string, Mode[]>()

  /** Answers what gives them back; undefined: one of them is not to be had now. */
  take(keys: readonly Key[]): (() => void) | undefined {
    for (const [name, mode] of keys) {
      if (this.#held.get(name)?.some((other) => !TOGETHER[mode].includes(other))) return undefined
    }
    for (const [name, mode] of keys) this.#held.set(name, [...(this.#held.get(name) ?? []), mode])
    return () => {
      for (const [name, mode] of keys) this.#release(name, mode)
    }
  }

  #release(name: string, mode: Mode): void {
    const held = this.#held.get(name) ?? []
    held.splice(held.indexOf(mode), 1)
    if (held.length === 0) this.#held.delete(name)
  }
}
