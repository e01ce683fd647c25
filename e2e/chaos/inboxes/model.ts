/**
 * The specification of inboxes, small and slow, in the words of docs/NOTIFICATIONS.md: plain maps, told of what the hub
 * has acknowledged. It knows nothing of how the hub does it.
 */
export type Severity = 'info' | 'success' | 'warning' | 'error' | 'critical'
export type Mark = 'seen' | 'read' | 'unread' | 'archived'
export type Quiet = 'muted' | 'quiet_hours' | null

export interface Notice {
  readonly id: string
  readonly no: number
  readonly sender: string
  readonly users: ReadonlySet<string>
  readonly roles: ReadonlySet<string>
  readonly all: boolean
  readonly except: ReadonlySet<string>
  readonly module: string | null
  readonly severity: Severity
  /** How often its words have changed. */
  revision: number
  isGone: boolean
  claimedBy: string | null
}

export interface Item {
  readonly via: 'user' | 'role' | 'all'
  readonly quiet: Quiet
  isSeen: boolean
  isRead: boolean
  isArchived: boolean
}

export interface Preferences {
  readonly mute: readonly {
    readonly module?: string
    readonly severity?: Severity
    readonly channels?: readonly ('inbox' | 'live' | 'push')[]
  }[]
  /** Quiet hours that last as long as the test. */
  readonly isQuiet: boolean
}

/** Somebody with an inbox. Before their first request nobody knows which roles they hold. */
interface Person {
  isKnown: boolean
  roles: ReadonlySet<string>
  preferences: Preferences
  /** What they were given, whether it is shown now or not. */
  readonly items: Map<string, Item>
  /** What preferences kept out for good. */
  readonly muted: Set<string>
  /** Roles held at any time since the round began. */
  rolesOfRound: Set<string>
  /** Notices whose words may reach them in this round. */
  readonly lawful: Set<string>
}

export class InboxModel {
  readonly notices = new Map<string, Notice>()
  /** Those of this round that no inbox has. */
  readonly #open = new Map<string, Notice>()
  readonly #people = new Map<string, Person>()
  /** Words that were replaced before the round began: by notice, the least revision that may still be read. */
  readonly #oldest = new Map<string, number>()
  /** Notices that were gone before the round began. */
  readonly #over = new Set<string>()

  add(sub: string): void {
    const preferences = { mute: [], isQuiet: false }
    const sets = { muted: new Set<string>(), rolesOfRound: new Set<string>(), lawful: new Set<string>() }
    this.#people.set(sub, { isKnown: false, roles: new Set(), preferences, items: new Map(), ...sets })
  }

  get subs(): IterableIterator<string> {
    return this.#people.keys()
  }

  isKnown(sub: string): boolean {
    return this.#person(sub).isKnown
  }

  rolesOf(sub: string): ReadonlySet<string> {
    return this.#person(sub).roles
  }

  /** They made a request with these roles: from now on these are what they hold. */
  meet(sub: string, roles: ReadonlySet<string>): void {
    const person = this.#person(sub)
    person.isKnown = true
    person.roles = roles
    for (const role of roles) person.rolesOfRound.add(role)
    for (const notice of this.notices.values()) this.#consider(sub, person, notice)
  }

  send(notice: Notice): void {
    this.notices.set(notice.id, notice)
    this.#oldest.set(notice.id, notice.revision)
    for (const [sub, person] of this.#people) this.#consider(sub, person, notice)
  }

  /** Taken back, or over. */
  end(id: string): void {
    this.notice(id).isGone = true
  }

  /** Tabs of these may show it in this round; no inbox has it. */
  sendOpen(notice: Notice): void {
    this.#open.set(notice.id, notice)
  }

  /** Judged by all roles of the round: the hub may know of a credential before its answer says so here. */
  #isOpenTo(sub: string, id: string): boolean {
    const notice = this.#open.get(id)
    if (notice === undefined || notice.except.has(sub)) return false
    const { rolesOfRound } = this.#person(sub)
    return notice.users.has(sub) || [...notice.roles].some((role) => rolesOfRound.has(role))
  }

  prefer(sub: string, preferences: Preferences): void {
    this.#person(sub).preferences = preferences
  }

  mark(sub: string, state: Mark, ids: readonly string[] | null): void {
    for (const [id, item] of this.shown(sub)) {
      if (ids === null ? item.isArchived : !ids.includes(id)) continue
      if (state !== 'unread') item.isSeen = true
      if (state === 'read' || state === 'archived') item.isRead = true
      if (state === 'archived') item.isArchived = true
      if (state === 'unread') item.isRead = item.isArchived = false
    }
  }

  /** What their inbox holds now, archived items too. */
  shown(sub: string): ReadonlyMap<string, Item> {
    const person = this.#person(sub)
    return new Map([...person.items].filter(([id, item]) => isShown(person, item, this.notice(id))))
  }

  /** Whether this is shown to them. */
  has(sub: string, id: string): boolean {
    const person = this.#person(sub)
    const item = person.items.get(id)
    return item !== undefined && isShown(person, item, this.notice(id))
  }

  counts(sub: string): { readonly unseen: number; readonly unread: number } {
    const left = [...this.shown(sub).values()].filter(({ isArchived }) => !isArchived)
    return {
      unseen: left.filter(({ isSeen }) => !isSeen).length,
      unread: left.filter(({ isRead }) => !isRead).length,
    }
  }

  /** What has settled by now is what may be read from now on, and nothing older. */
  beginRound(): void {
    this.#open.clear()
    for (const { id, revision, isGone } of this.notices.values()) {
      this.#oldest.set(id, revision)
      if (isGone) this.#over.add(id)
    }
    for (const [sub, person] of this.#people) {
      person.rolesOfRound = new Set(person.roles)
      person.lawful.clear()
      for (const id of this.shown(sub).keys()) person.lawful.add(id)
    }
  }

  /** Whether these words may have reached this user at any time of the round. */
  mayRead(sub: string, id: string, revision: number): boolean {
    const newest = this.notices.get(id)?.revision ?? 0
    return (
      (this.#person(sub).lawful.has(id) || this.#isOpenTo(sub, id)) &&
      revision >= (this.#oldest.get(id) ?? 0) &&
      revision <= newest
    )
  }

  /** What a person needs to know to understand a mistake. */
  aboutOf(sub: string, id: string): object {
    const { isKnown, roles, rolesOfRound, items } = this.#person(sub)
    const notice = this.notices.get(id) ?? this.#open.get(id)
    const to = notice && { ...notice, users: [...notice.users], roles: [...notice.roles], except: [...notice.except] }
    return {
      isKnown,
      roles: [...roles],
      rolesOfRound: [...rolesOfRound],
      item: items.get(id) ?? null,
      notice: to ?? 'of another round',
    }
  }

  notice(id: string): Notice {
    const notice = this.notices.get(id)
    if (notice === undefined) throw new Error(`the model knows no notice ${id}`)
    return notice
  }

  #person(sub: string): Person {
    const person = this.#people.get(sub)
    if (person === undefined) throw new Error(`the model knows no user ${sub}`)
    return person
  }

  #consider(sub: string, person: Person, notice: Notice): void {
    const { id, users, roles, all, except } = notice
    if (except.has(sub) || this.#over.has(id)) return
    const isNamed = users.has(sub)
    const reaches = (held: ReadonlySet<string>) =>
      isNamed || (person.isKnown && (all || [...roles].some((role) => held.has(role))))
    const isMuted = person.muted.has(id) || isSilenced(person.preferences, notice, 'inbox')
    // A role that is given or taken while the notice is under way, or just before it is taken back, may still be, or
    // already be, held when it arrives.
    if (reaches(person.rolesOfRound) && (person.items.has(id) || !isMuted)) person.lawful.add(id)
    if (notice.isGone || person.items.has(id) || person.muted.has(id) || !reaches(person.roles)) return
    if (isMuted) {
      person.muted.add(id)
      return
    }
    const via = isNamed ? 'user' : all ? 'all' : 'role'
    const quiet = quietOf(person.preferences, notice)
    person.items.set(id, { via, quiet, isSeen: false, isRead: false, isArchived: false })
  }
}

/** What came by a role that is lost is hidden. */
function isShown(person: Person, item: Item, { isGone, roles }: Notice): boolean {
  return !isGone && (item.via !== 'role' || [...roles].some((role) => person.roles.has(role)))
}

function isSilenced({ mute }: Preferences, { module, severity }: Notice, channel: 'inbox' | 'live'): boolean {
  return mute.some((line) => {
    const isMeant = line.channels === undefined || line.channels.includes(channel)
    const isModule = line.module === undefined || line.module === module
    return isMeant && isModule && (line.severity === undefined || line.severity === severity)
  })
}

function quietOf(preferences: Preferences, notice: Notice): Quiet {
  if (isSilenced(preferences, notice, 'live')) return 'muted'
  return preferences.isQuiet && notice.severity !== 'critical' ? 'quiet_hours' : null
}
