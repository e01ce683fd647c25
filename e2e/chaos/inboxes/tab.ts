import { createClient, type MonofilClient } from '@monofil/client'
import { type Inbox, watchInbox } from '@monofil/client/inbox'
import type { InboxItem } from '@monofil/protocol'
import type { Member } from './member.ts'
import { tappedFetch } from './tap.ts'

/** Whose words came where, for whoever judges it. */
export interface Witness {
  onCanary(member: Member, no: number, revision: number): void
  onMistake(mistake: string): void
  onTold(): void
}

/** A tab of one device of a user: `@monofil/client` as an application uses it, and what its application was told. */
export class Tab {
  readonly member: Member
  readonly name: string
  readonly inbox: Inbox
  readonly client: MonofilClient
  /** In the order in which the application was told. */
  readonly told: InboxItem[] = []
  /** The versions between which it began: what is older was there before, what is newer came since. */
  began: { readonly least: number; readonly most: number } | undefined
  isOn = true
  isClosed = false
  #least = Number.POSITIVE_INFINITY
  #version = 0
  #tokenNo: number

  constructor(member: Member, options: { readonly name: string; readonly url: string; readonly witness: Witness }) {
    const { name, url, witness } = options
    this.member = member
    this.name = name
    this.#tokenNo = member.newest
    this.client = createClient({
      url,
      share: 'none',
      token: { get: () => member.tokenOf(this.#tokenNo), subscribe: (onChange) => this.#follow(onChange) },
      backoff: { minMs: 20, baseMs: 50, maxMs: 500 },
      fetch: tappedFetch({
        onCanary: (no, revision) => witness.onCanary(member, no, revision),
        onList: (version) => this.#heard(version),
      }),
    })
    this.inbox = watchInbox(this.client)
    this.inbox.onNotification((item) => {
      this.told.push(item)
      witness.onTold()
    })
    this.inbox.subscribe(() => this.#look(witness))
    this.client.subscribe('inbox', { onSnapshot: ({ offset = 0 }) => this.#heard(offset) })
  }

  /** Another credential counts from the next request on; false: this tab keeps the one that it has. */
  renew(): void {
    this.#tokenNo = this.member.newest
  }

  /** Offline: the tab stays, without a stream. */
  cut(): void {
    this.isOn = false
    this.client.disconnect()
  }

  comeBack(): void {
    this.isOn = true
    this.client.connect()
  }

  close(): void {
    this.isOn = false
    this.isClosed = true
    this.client.close()
  }

  /** Whether it shows the inbox as of this version of its counts. */
  isAt(version: number): boolean {
    const { status, freshness, counts } = this.inbox.get()
    return status === 'ready' && freshness === 'live' && counts.version === version
  }

  #follow(onChange: () => void): () => void {
    return this.member.onPush(() => {
      this.renew()
      onChange()
    })
  }

  #heard(version: number): void {
    if (this.began === undefined) this.#least = Math.min(this.#least, version)
  }

  #look(witness: Witness): void {
    const { status, counts } = this.inbox.get()
    if (status !== 'ready') return
    this.began ??= { least: Math.min(this.#least, counts.version), most: counts.version }
    if (counts.version < this.#version) {
      witness.onMistake(`${this.name}: counts of version ${counts.version} came after those of ${this.#version}`)
    }
    this.#version = counts.version
  }
}
