import { MonofilError } from '@monofil/protocol'
import type { Sender } from '../sender.ts'
import type { Topics } from '../topics.ts'
import type { ConnectionInfo } from '../types.ts'
import type { DownWord, SentInfo, UpWord } from './words.ts'

/** What a follower needs from its tab. */
export interface FollowerOwner {
  readonly topics: Topics
  readonly sender: Sender
  post(word: UpWord): void
  /** The leader gives this tab the lead. */
  onYours(): void
  onInfo(): void
}

/** Posts between two acknowledgements. */
const ACK = 64

/** A tab's side of another tab's stream: it asks for its topics there, and takes what comes. */
export class Follower {
  readonly #owner: FollowerOwner
  #info: ConnectionInfo | null = null
  #posts = 0
  #closed = false

  /** Attaches at once, from this tab's own cursors. */
  constructor(owner: FollowerOwner) {
    this.#owner = owner
    this.attach()
  }

  /** The leader's connection, once it has told. */
  get info(): ConnectionInfo | null {
    return this.#info
  }

  attach(): void {
    const { topics, post } = this.#owner
    topics.lost()
    post({ kind: 'attach' })
    post({ kind: 'want', subscribe: topics.open(), unsubscribe: [] })
  }

  /** Tells the leader what is wanted now, if that has changed. */
  sync(): void {
    const { topics, post } = this.#owner
    const diff = topics.diff()
    if (diff.subscribe.length + diff.unsubscribe.length === 0) return
    post({ kind: 'want', ...diff })
    topics.answered({ topics: [], denied: [] }, diff.unsubscribe)
  }

  /** What the leader posted, in order. */
  take(words: readonly DownWord[]): void {
    this.#posts += 1
    let acknowledge = this.#posts % ACK === 0
    for (const word of words) {
      if (this.#closed) return
      if (word[0] === 'beat') acknowledge = true
      else this.#word(word)
    }
    if (acknowledge) this.#owner.post({ kind: 'here' })
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#owner.post({ kind: 'detach' })
    this.#owner.topics.lost()
  }

  #word(word: DownWord): void {
    const { topics, sender, post } = this.#owner
    switch (word[0]) {
      case 'answer':
        topics.answered(word[1])
        return
      case 'info':
        this.#info = received(word[1])
        this.#owner.onInfo()
        return
      case 'ask': {
        const { id } = word[1]
        void sender.lend().then((token) => {
          if (!this.#closed) post({ kind: 'token', id, token })
        })
        return
      }
      case 'yours':
        this.#owner.onYours()
        return
      case 'gone':
        this.attach()
        return
      case 'beat':
        return
      default:
        topics.message(word[0], word[1])
    }
  }
}

function received({ lastError, ...info }: SentInfo): ConnectionInfo {
  const error = lastError && new MonofilError(lastError.code, lastError.message, lastError.details)
  return { ...info, role: 'follower', lastError: error }
}
