import type { Member } from './member.ts'
import type { InboxModel } from './model.ts'
import { Tab } from './tab.ts'
import type { World } from './world.ts'

/** Devices of each user. */
const DEVICES = 3
/** How many of them are on, about. */
const SHARE_ON = 0.35

/** All devices of all users: each has a tab, or none, and the tab a stream, or none. */
export class Devices {
  readonly #world: World
  readonly #tabs = new Map<string, Tab>()
  /** Closed since the last judgement. */
  #closed: Tab[] = []
  /** Which words came to whom since then: by user, `number.revision`. */
  readonly #canaries = new Map<string, Set<string>>()
  opened = 0
  told = 0
  canaries = 0

  constructor(world: World) {
    this.#world = world
  }

  get on(): readonly Tab[] {
    return [...this.#tabs.values()].filter(({ isOn }) => isOn)
  }

  get all(): readonly Tab[] {
    return [...this.#tabs.values(), ...this.#closed]
  }

  /** A tab of this user that is on, for something a person does there. */
  onOf(member: Member): Tab | undefined {
    return Array.from({ length: DEVICES }, (_, i) => this.#tabs.get(`${member.sub}/${i}`)).find((tab) => tab?.isOn)
  }

  /** Something happens to one device. */
  toggle(random: () => number): void {
    const members = random() < 0.9 ? this.#world.users : this.#world.digesters
    const member = members[Math.floor(random() * members.length)]
    if (member === undefined) return
    const name = `${member.sub}/${Math.floor(random() * DEVICES)}`
    const tab = this.#tabs.get(name)
    // Who was never seen would be seen by this.
    if (!this.#world.model.isKnown(member.sub)) return
    if (tab === undefined) {
      if (random() < SHARE_ON * 2) this.#open(name, member)
    } else if (!tab.isOn) {
      if (random() < 0.6) tab.comeBack()
      else if (random() < 0.3) this.#close(name, tab)
    } else if (random() < 0.5) tab.cut()
    else if (random() < 0.3) this.#close(name, tab)
    else tab.renew()
  }

  judged(): void {
    this.#closed = []
    this.#canaries.clear()
  }

  /** Words that reached somebody who should not have had them in this round. */
  strayWords(model: InboxModel): readonly string[] {
    return [...this.#canaries].flatMap(([sub, words]) =>
      [...words].flatMap((word) => {
        const [no, revision] = word.split('.').map(Number)
        if (model.mayRead(sub, `n-${no}`, revision ?? 0)) return []
        return [`${sub} was sent words ${revision} of n-${no}: ${JSON.stringify(model.aboutOf(sub, `n-${no}`))}`]
      }),
    )
  }

  close(): void {
    for (const tab of this.#tabs.values()) tab.close()
  }

  #open(name: string, member: Member): void {
    this.opened += 1
    const tab = new Tab(member, {
      name,
      url: this.#world.hub.url,
      witness: {
        onCanary: ({ sub }, no, revision) => this.#found(sub, `${no}.${revision}`),
        onMistake: (mistake) => this.#world.mistakes.push(mistake),
        onTold: () => {
          this.told += 1
        },
      },
    })
    this.#tabs.set(name, tab)
  }

  #close(name: string, tab: Tab): void {
    tab.close()
    this.#tabs.delete(name)
    this.#closed.push(tab)
  }

  #found(sub: string, word: string): void {
    this.canaries += 1
    const words = this.#canaries.get(sub) ?? new Set()
    this.#canaries.set(sub, words.add(word))
  }
}
