import type { SubscriptionAnswer } from '@monofil/protocol'
import type { Topics } from '../topics.ts'
import type { ConnectionInfo } from '../types.ts'
import type { DownWord, SentInfo, UpWord } from './words.ts'

/** What a relay needs from the tab that leads. */
export interface RelayOwner {
  readonly topics: Topics
  now(): number
  info(): ConnectionInfo
  /** Words to one tab, in order. */
  post(tab: string, words: readonly DownWord[]): void
  /** A tab asks for what only the leader can do. */
  onCommand(tab: string, command: 'force' | 'restart' | 'renew' | 'yield'): void
  schedule(): void
}

/** Between two signs of life that are asked for. */
const BEAT_MS = 15_000
/** A tab that gave none for so long is given up; it attaches again when it wakes, and lists what it missed. */
const GONE_MS = 60_000
/** Posts that a tab may be behind before it is given up: what waits for a sleeping tab is bounded. */
const POSTS = 1024
/** How long other tabs may take to lend a credential. */
const LEND_MS = 3000

/** A tab that follows this one. */
interface Member {
  readonly tab: string
  readonly leaves: Map<string, () => void>
  outbox: DownWord[]
  posts: number
  seenAt: number
}

interface Question {
  readonly id: number
  readonly renew: boolean
  readonly until: number
  readonly left: Set<string>
  readonly promise: Promise<string | undefined>
  readonly resolve: (token: string | undefined) => void
}

/** The leader's side: gives each tab of the browser what it asked for out of the one stream. */
export class Relay {
  readonly #owner: RelayOwner
  readonly #members = new Map<string, Member>()
  readonly #dirty = new Set<Member>()
  #flushing = false
  #beatAt = 0
  #question: Question | null = null
  #questions = 0
  #told: ConnectionInfo | null = null

  constructor(owner: RelayOwner) {
    this.#owner = owner
  }

  get size(): number {
    return this.#members.size
  }

  /** When `tick` must come, or null. */
  deadline(): number | null {
    return this.#question?.until ?? null
  }

  tick(): void {
    if (this.#question !== null && this.#owner.now() >= this.#question.until) this.#answer(undefined)
  }

  /** A word of a tab that follows. */
  take(tab: string, word: UpWord): void {
    if (word.kind === 'attach') this.#attach(tab)
    const member = this.#members.get(tab)
    if (member === undefined) {
      // It was given up. What it says of before, as that it has read all, needs no second answer.
      if (word.kind === 'want') this.#owner.post(tab, [['gone', null]])
      return
    }
    member.seenAt = this.#owner.now()
    if (word.kind === 'here') member.posts = 0
    else if (word.kind === 'want') this.#want(member, word)
    else if (word.kind === 'token') this.#lent(member, word)
    else if (word.kind === 'detach') this.#drop(member)
    else if (word.kind !== 'attach') this.#owner.onCommand(tab, word.kind)
  }

  /** Bytes came from the hub: a time to look after the tabs, since a timer may sleep and a stream does not. */
  pulse(): void {
    const now = this.#owner.now()
    if (now - this.#beatAt < BEAT_MS) return
    this.#beatAt = now
    for (const member of this.#members.values()) {
      if (now - member.seenAt > GONE_MS) this.#giveUp(member)
      else this.#put(member, ['beat', null])
    }
  }

  /** The connection's state has changed, perhaps. */
  tell(): void {
    const info = this.#owner.info()
    if (info === this.#told) return
    this.#told = info
    for (const member of this.#members.values()) this.#put(member, ['info', sent(info)])
  }

  /** Lets a tab have the lead, once everything before has been said. */
  yours(tab: string): void {
    const member = this.#members.get(tab)
    if (member !== undefined) this.#put(member, ['yours', null])
  }

  /** A credential from whichever tab has one; undefined when none has, or none answers in time. */
  borrow(renew: boolean): Promise<string | undefined> {
    // Several requests of one moment are one question.
    if (this.#question?.renew === renew) return this.#question.promise
    this.#answer(undefined)
    if (this.#members.size === 0) return Promise.resolve(undefined)
    this.#questions += 1
    const id = this.#questions
    const { promise, resolve } = Promise.withResolvers<string | undefined>()
    const [until, left] = [this.#owner.now() + LEND_MS, new Set(this.#members.keys())]
    this.#question = { id, renew, promise, resolve, until, left }
    for (const member of this.#members.values()) this.#put(member, ['ask', { id, renew }])
    this.#owner.schedule()
    return promise
  }

  close(): void {
    this.#answer(undefined)
    for (const member of this.#members.values()) this.#drop(member)
  }

  #attach(tab: string): void {
    const old = this.#members.get(tab)
    if (old) this.#drop(old)
    const member: Member = { tab, leaves: new Map(), outbox: [], posts: 0, seenAt: this.#owner.now() }
    this.#members.set(tab, member)
    this.#put(member, ['info', sent(this.#owner.info())])
  }

  #want(member: Member, { subscribe, unsubscribe }: Extract<UpWord, { kind: 'want' }>): void {
    for (const topic of unsubscribe) this.#leave(member, topic)
    for (const { topic, cursor } of subscribe) this.#join(member, topic, cursor)
  }

  #join(member: Member, topic: string, cursor: string | undefined): void {
    const old = member.leaves.get(topic)
    const put = (word: DownWord) => this.#put(member, word)
    const leave = this.#owner.topics.join(
      topic,
      {
        cursor,
        onEvent: (event) => put(['message', event]),
        onSnapshot: (snapshot) => put(['snapshot', snapshot]),
        onState: (state) => put(['state', state]),
        onEnd(end) {
          if (end.reason === 'dropped') put(['dropped', { topic, code: end.code } as { topic: string }])
          else if (end.reason === 'denied') put(['answer', { topics: [], denied: [{ topic, code: end.code }] }])
        },
      },
      {
        onGap: (gap) => put(['gap', gap]),
        onTaken: (answer: SubscriptionAnswer) => put(['answer', { topics: [answer], denied: [] }]),
      },
    )
    member.leaves.set(topic, leave)
    // Only now: the topic must not be let go of in between.
    old?.()
  }

  #leave(member: Member, topic: string): void {
    member.leaves.get(topic)?.()
    member.leaves.delete(topic)
  }

  #drop(member: Member): void {
    for (const leave of member.leaves.values()) leave()
    this.#members.delete(member.tab)
    this.#dirty.delete(member)
    this.#excuse(member.tab)
  }

  #giveUp(member: Member): void {
    this.#drop(member)
    this.#owner.post(member.tab, [['gone', null]])
  }

  #lent(member: Member, { id, token }: Extract<UpWord, { kind: 'token' }>): void {
    if (this.#question?.id !== id) return
    if (token !== undefined) this.#answer(token)
    else this.#excuse(member.tab)
  }

  #excuse(tab: string): void {
    const { left } = this.#question ?? {}
    if (left?.delete(tab) && left.size === 0) this.#answer(undefined)
  }

  #answer(token: string | undefined): void {
    this.#question?.resolve(token)
    this.#question = null
  }

  #put(member: Member, word: DownWord): void {
    member.outbox.push(word)
    this.#dirty.add(member)
    if (this.#flushing) return
    this.#flushing = true
    queueMicrotask(() => this.#flush())
  }

  #flush(): void {
    this.#flushing = false
    for (const member of [...this.#dirty]) {
      const words = member.outbox
      member.outbox = []
      member.posts += 1
      if (member.posts > POSTS) this.#giveUp(member)
      else this.#owner.post(member.tab, words)
    }
    this.#dirty.clear()
  }
}

function sent(info: ConnectionInfo): SentInfo {
  const error = info.lastError
  return { ...info, lastError: error && { code: error.code, message: error.message, details: error.details } }
}
