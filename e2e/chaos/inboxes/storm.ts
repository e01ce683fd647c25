import { moment } from '../rig.ts'
import { changes, wide } from './changes.ts'
import type { Deed, Scene } from './deed.ts'
import type { Devices } from './devices.ts'
import { people } from './people.ts'
import { sends } from './sends.ts'
import type { World } from './world.ts'

/** How many things are under way at once. */
const LANES = 12
const KILL = 'killed under way'

/** Sends, marks, changes and credentials in lanes beside each other, while devices come and go and the hub is killed. */
export class Storm {
  readonly #scene: Scene
  readonly #deeds: readonly (readonly [string, number, Deed])[]
  readonly #random: () => number
  #left = 0
  /** How many are left to be sent when it happens. */
  #killAt: number | undefined
  #kill: Promise<void> | undefined
  /** A kill that waits for a notice to everybody to be under way. */
  #isWideDue = false

  constructor(world: World, devices: Devices, random: () => number) {
    this.#random = random
    const [done, open] = [new Map<string, number>(), new Set<string>()]
    this.#scene = { world, devices, done, open, sent: () => this.#sent() }
    this.#deeds = [...sends(this.#scene), ...people(this.#scene), ...changes(this.#scene)]
  }

  get done(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#scene.done)
  }

  get open(): ReadonlySet<string> {
    return this.#scene.open
  }

  /** Sends so many, does the rest beside; `kill`: once, at some moment, or while a notice is on its way to everybody. */
  async round(count: number, kill: 'never' | 'sometime' | 'under way'): Promise<void> {
    this.#left = count
    this.#killAt = kill === 'sometime' ? Math.floor(this.#random() * count) : undefined
    this.#isWideDue = kill === 'under way'
    this.#kill = undefined
    await Promise.all(Array.from({ length: LANES }, () => this.#lane()))
    await this.#kill
  }

  #sent(): void {
    if (this.#left === this.#killAt) this.#kill = this.#scene.world.hub.kill()
    this.#left -= 1
  }

  async #lane(): Promise<void> {
    while (this.#left > 0 || this.#isWideDue) {
      this.#scene.devices.toggle(this.#random)
      const [name, deed] = this.#isWideDue ? this.#killUnderWay() : this.#draw()
      const doing = deed(this.#random)
      if (doing !== undefined && name === KILL) this.#isWideDue = false
      if (doing === undefined) await moment(1)
      else {
        await doing
        this.#scene.done.set(name, (this.#scene.done.get(name) ?? 0) + 1)
      }
    }
  }

  #killUnderWay(): readonly [string, Deed] {
    const isTime = this.#random() < 0.02 || this.#left <= 0
    return isTime ? [KILL, (random) => wide(this.#scene, random, true)] : this.#draw()
  }

  #draw(): readonly [string, Deed] {
    let at = this.#random() * this.#deeds.reduce((sum, [, weight]) => sum + weight, 0)
    for (const [name, weight, deed] of this.#deeds) {
      at -= weight
      if (at < 0) return [name, deed]
    }
    throw new Error('no deed has a weight')
  }
}
