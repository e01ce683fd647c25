import type { InboxDatabase } from './database.ts'
import type { KilledHub } from './hub.ts'
import { Locks } from './locks.ts'
import { Member } from './member.ts'
import { InboxModel, type Notice } from './model.ts'

export interface Size {
  /** With devices. */
  readonly users: number
  /** Without: a notice to everybody then takes more than one commit. */
  readonly crowd: number
  readonly roles: number
  readonly notices: number
  readonly kills: number
}

/** Everything that is done and judged in one test. */
export class World {
  readonly size: Size
  readonly hub: KilledHub
  readonly database: InboxDatabase
  readonly model = new InboxModel()
  readonly locks = new Locks()
  /** Users with devices. */
  readonly users: readonly Member[]
  readonly digesters: readonly Member[]
  readonly crowd: readonly Member[]
  readonly senders: readonly Member[]
  readonly admin: Member
  readonly roles: readonly string[]
  /** Roles that somebody is about to hold, or about to lose. */
  readonly pending = new Map<string, ReadonlySet<string>>()
  readonly mistakes: string[] = []
  readonly #random: () => number
  #no = 0

  constructor(hub: KilledHub, database: InboxDatabase, { size, random }: { size: Size; random: () => number }) {
    this.size = size
    this.hub = hub
    this.database = database
    this.#random = random
    const { secret } = hub
    const many = (count: number, name: string, make: (sub: string, i: number) => Member) =>
      Array.from({ length: count }, (_, i) => make(`${name}-${i}`, i))
    this.roles = Array.from({ length: size.roles }, (_, i) => `role-${i}`)
    this.users = many(size.users, 'user', (sub, i) => new Member(sub, i % 5 === 0 ? 'choosy' : 'plain', { secret }))
    this.digesters = many(4, 'digester', (sub) => new Member(sub, 'digester', { secret }))
    this.crowd = many(size.crowd, 'crowd', (sub) => new Member(sub, 'crowd', { secret }))
    const publish = ['user:*', 'role:*']
    this.senders = many(3, 'sender', (sub) => new Member(sub, 'sender', { secret, publish }))
    this.admin = new Member('operator', 'admin', { secret })
    for (const { sub } of this.members) this.model.add(sub)
  }

  get members(): readonly Member[] {
    return [...this.users, ...this.digesters, ...this.crowd, ...this.senders, this.admin]
  }

  /** The next number of a notice. */
  next(): number {
    this.#no += 1
    return this.#no
  }

  /** Everybody gets a credential, and all but every tenth user make a first request. */
  async begin(): Promise<void> {
    for (const member of this.members) {
      const roles = member.kind === 'plain' || member.kind === 'choosy' ? this.someRoles(this.#random) : []
      await member.grant(member === this.admin ? ['admin'] : roles)
      this.pending.set(member.sub, new Set(roles))
    }
    const first = this.members.filter((member, i) => member.kind !== 'plain' || i % 10 !== 3)
    for (let i = 0; i < first.length; i += 50) await Promise.all(first.slice(i, i + 50).map((one) => this.meet(one)))
    const digest = { after: 2, windowMs: 2_000 }
    const path = ['PUT', '/v1/preferences'] as const
    await Promise.all(this.digesters.map((one) => this.hub.ask(one, path, { body: { digest } })))
  }

  /** The member's newest credential is used for the first time. */
  async meet(member: Member): Promise<void> {
    const roles = member === this.admin ? new Set(['admin']) : (this.pending.get(member.sub) ?? new Set())
    await this.hub.ask(member, ['GET', '/v1/inbox/counts'])
    this.model.meet(member.sub, roles)
  }

  someRoles(random: () => number): string[] {
    return this.roles.filter(() => random() < 1.5 / this.roles.length)
  }

  /** Users whose inboxes a notice may come into, or may just have come into. */
  touchedBy({ users, roles, all }: Pick<Notice, 'users' | 'roles' | 'all'>): readonly Member[] {
    return [...this.users, ...this.digesters].filter(({ sub }) => {
      if (all || users.has(sub)) return true
      const held = [...this.model.rolesOf(sub), ...(this.pending.get(sub) ?? [])]
      return held.some((role) => roles.has(role))
    })
  }
}
