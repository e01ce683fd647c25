import type { InboxMark } from '@monofil/protocol'
import { moment } from '../rig.ts'
import { type Deed, pick, type Scene, under } from './deed.ts'
import type { Member } from './member.ts'
import type { Preferences } from './model.ts'

const MARKS: readonly InboxMark[] = ['seen', 'read', 'read', 'unread', 'archived']
const PREFERENCES: readonly Preferences['mute'][] = [
  [],
  [{ module: 'noise' }],
  [{ module: 'noise', channels: ['live'] }],
  [
    { severity: 'info', channels: ['inbox'] },
    { module: 'billing', channels: ['push'] },
  ],
]

/** What users do, and what is done about who they are. */
export function people(scene: Scene): readonly (readonly [string, number, Deed])[] {
  return [
    ['mark some', 30, (random) => markSome(scene, random)],
    ['mark all', 5, (random) => markAll(scene, random)],
    ['roles', 8, (random) => changeRoles(scene, random)],
    ['join', 2, (random) => join(scene, random)],
    ['preferences', 4, (random) => prefer(scene, random)],
    ['revoke', 2, (random) => revoke(scene, random)],
  ]
}

/** Of their newest 30, archived ones too; on one of their devices or by a call of its own. */
function markSome(scene: Scene, random: () => number): Promise<void> | undefined {
  const { world, devices } = scene
  const member = pick(random, world.users)
  const state = pick(random, MARKS) ?? 'read'
  if (member === undefined || !world.model.isKnown(member.sub)) return undefined
  const newest = [...world.model.shown(member.sub).keys()].slice(-30)
  const chosen = Array.from({ length: 1 + Math.floor(random() * 4) }, () => pick(random, newest))
  const ids = [...new Set(chosen.filter((id) => id !== undefined))]
  const [only] = ids
  if (only === undefined) return undefined
  const items = ids.flatMap((id) => [[`${member.sub} ${id}`, 'own'] as const, [id, 'mark'] as const])
  return under(scene, [[member.sub, 'mark'], ...items], {
    of: member,
    deed: async () => {
      const tab = random() < 0.5 ? devices.onOf(member) : undefined
      const word = state === 'archived' ? 'archive' : state
      if (tab !== undefined) await markIn(scene, tab, { ids, state })
      else if (ids.length > 1) await world.hub.ask(member, ['POST', '/v1/inbox/mark'], { body: { ids, state } })
      else await world.hub.ask(member, ['POST', `/v1/inbox/${only}/${word}`])
      world.model.mark(member.sub, state, ids)
    },
  })
}

/** By the page's own call, again while the hub is away. A tab that is closed meanwhile leaves it to another device. */
async function markIn(
  { world }: Scene,
  tab: ReturnType<Scene['devices']['onOf']>,
  body: { readonly ids: readonly string[]; readonly state: InboxMark },
): Promise<void> {
  while (tab !== undefined && !tab.isClosed) {
    try {
      await tab.inbox.mark(body.ids, body.state)
      return
    } catch {
      await moment(50)
    }
  }
  if (tab !== undefined) await world.hub.ask(tab.member, ['POST', '/v1/inbox/mark'], { body })
}

function markAll(scene: Scene, random: () => number): Promise<void> | undefined {
  const { world } = scene
  const member = pick(random, world.users)
  const state = pick(random, ['seen', 'read', 'archived'] as const) ?? 'read'
  if (member === undefined || !world.model.isKnown(member.sub)) return undefined
  return under(scene, [[member.sub, 'own']], {
    of: member,
    deed: async () => {
      await world.hub.ask(member, ['POST', '/v1/inbox/read-all'], { body: { state } })
      world.model.mark(member.sub, state, null)
    },
  })
}

/** One who mutes things gets roles alone: what came before the mute, and what after, would be anybody's guess. */
const modeOf = ({ kind }: Member) => (kind === 'plain' ? 'roles' : 'own')

/** A new credential with other roles, while those of a moment ago are still about in other tabs. */
export function changeRoles(scene: Scene, random: () => number): Promise<void> | undefined {
  const { world } = scene
  const member = pick(random, world.users)
  if (member === undefined || !world.model.isKnown(member.sub)) return undefined
  return under(scene, [[member.sub, modeOf(member)]], {
    of: member,
    deed: async () => {
      const roles = world.someRoles(random)
      world.pending.set(member.sub, new Set(roles))
      await member.grant(roles)
      await world.meet(member)
      if (random() < 0.5) member.push()
    },
  })
}

/** Somebody's first request. */
function join(scene: Scene, random: () => number): Promise<void> | undefined {
  const { world } = scene
  const member = pick(
    random,
    world.users.filter(({ sub }) => !world.model.isKnown(sub)),
  )
  if (member === undefined) return undefined
  return under(scene, [[member.sub, modeOf(member)]], { of: member, deed: () => world.meet(member) })
}

function prefer(scene: Scene, random: () => number): Promise<void> | undefined {
  const { world } = scene
  const member = pick(
    random,
    world.users.filter(({ kind }) => kind === 'choosy'),
  )
  const mute = pick(random, PREFERENCES) ?? []
  const isQuiet = random() < 0.3
  if (member === undefined) return undefined
  return under(scene, [[member.sub, 'own']], {
    of: member,
    deed: async () => {
      // Half a day on both sides of now: it does not end while the test runs.
      const at = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString().slice(11, 16)
      const quietHours = isQuiet ? { from: at(-11), to: at(11), timezone: 'UTC' } : null
      await world.hub.ask(member, ['PUT', '/v1/preferences'], { body: { mute, quietHours } })
      world.model.prefer(member.sub, { mute, isQuiet })
    },
  })
}

/** All their credentials are refused but the newest, which has other roles. */
function revoke(scene: Scene, random: () => number): Promise<void> | undefined {
  const { world } = scene
  const member = pick(random, world.users)
  if (member === undefined || !world.model.isKnown(member.sub)) return undefined
  return under(scene, [[member.sub, modeOf(member)]], {
    of: member,
    deed: async () => {
      const roles = world.someRoles(random)
      world.pending.set(member.sub, new Set(roles))
      await member.grant(roles)
      member.outdate()
      const body = { sub: member.sub, before: new Date(member.issuedAt()).toISOString() }
      await world.hub.ask(world.admin, ['POST', '/v1/revocations'], { body })
      await world.meet(member)
    },
  })
}
