import type { Devices } from './devices.ts'
import type { Key } from './locks.ts'
import type { Member } from './member.ts'
import type { World } from './world.ts'

/** One kind of thing that is done; answers what comes of it, or undefined where it cannot be done just now. */
export type Deed = (random: () => number) => Promise<void> | undefined

/** What deeds need. */
export interface Scene {
  readonly world: World
  readonly devices: Devices
  /** How often each kind was done. */
  readonly done: Map<string, number>
  /** Notices for open tabs only. */
  readonly open: Set<string>
  /** Counts one notice that is about to be sent. */
  sent(): void
}

export function pick<T>(random: () => number, from: readonly T[]): T | undefined {
  return from[Math.floor(random() * from.length)]
}

/** Does it under these locks, and looks at the counts of somebody whom it concerned; undefined where they are taken. */
export function under(
  { world }: Scene,
  keys: readonly Key[],
  { of, deed }: { readonly of?: Member | undefined; readonly deed: () => Promise<void> },
): Promise<void> | undefined {
  const release = world.locks.take(keys)
  if (release === undefined) return undefined
  const run = async () => {
    try {
      await deed()
      if (of !== undefined) world.mistakes.push(...world.database.drift(of.sub))
    } finally {
      release()
    }
  }
  return run()
}
