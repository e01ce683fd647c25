import { until } from '../rig.ts'
import { type Deed, pick, type Scene, under } from './deed.ts'
import type { Key } from './locks.ts'
import type { Member } from './member.ts'
import type { Notice, Severity } from './model.ts'
import { canaryOf } from './tap.ts'

const MODULES = [null, 'orders', 'billing', 'noise'] as const
const SEVERITIES: readonly Severity[] = ['info', 'info', 'success', 'warning', 'error', 'critical']
/** The hub may be away for some of it. */
const LATE_MS = 60_000

/** The words of a notice: each place has its canary. */
export function wordsOf(no: number, revision: number) {
  const canary = canaryOf(no, revision)
  return { title: `Title ${canary}`, message: `Message ${canary}`, link: `/n/${canary}`, data: { canary } }
}

export function sends(scene: Scene): readonly (readonly [string, number, Deed])[] {
  return [
    ['to users', 60, (random) => send(scene, random, toUsers(scene, random))],
    ['to roles', 20, (random) => send(scene, random, toRoles(scene, random))],
    ['to both', 8, (random) => send(scene, random, toBoth(scene, random))],
    ['to all', 1, (random) => send(scene, random, toAll(scene, random))],
    ['twice', 6, (random) => sendTwice(scene, random)],
    ['scheduled', 3, (random) => sendLater(scene, random)],
    ['for a while', 4, (random) => sendForAWhile(scene, random)],
    ['to open tabs', 4, (random) => sendOpen(scene, random)],
    ['a burst', 1, (random) => burst(scene, random)],
  ]
}

type Target = Pick<Notice, 'users' | 'roles' | 'all' | 'except'>
const NOBODY: Target = { users: new Set(), roles: new Set(), all: false, except: new Set() }

function some(random: () => number, from: readonly string[], most: number): Set<string> {
  return new Set(Array.from({ length: 1 + Math.floor(random() * most) }, () => pick(random, from) ?? ''))
}

const subsOf = (members: readonly Member[]) => members.map(({ sub }) => sub)

function toUsers({ world }: Scene, random: () => number): Target {
  return { ...NOBODY, users: some(random, subsOf(world.users), 3) }
}

function toRoles({ world }: Scene, random: () => number): Target {
  const except = random() < 0.3 ? some(random, subsOf(world.users), 5) : new Set<string>()
  return { ...NOBODY, roles: some(random, world.roles, 2), except }
}

function toBoth(scene: Scene, random: () => number): Target {
  const { users } = toUsers(scene, random)
  const { roles, except } = toRoles(scene, random)
  // Some are named and left out: they are left out.
  return { ...NOBODY, users, roles, except: random() < 0.3 ? new Set([...except, ...users].slice(0, 3)) : except }
}

function toAll({ world }: Scene, random: () => number): Target {
  return {
    ...NOBODY,
    all: true,
    except: new Set([...subsOf(world.digesters), ...some(random, subsOf(world.users), 3)]),
  }
}

export function bodyOf({ id, no, users, roles, all, except, module, severity }: Notice): Record<string, unknown> {
  const to = { users: [...users], roles: [...roles], except: [...except], ...(all ? { all } : {}) }
  return { id, to, ...wordsOf(no, 0), severity, ...(module === null ? {} : { module }) }
}

export function newNotice({ world }: Scene, random: () => number, target: Target): Notice {
  const no = world.next()
  const sender = pick(random, world.senders)?.sub ?? ''
  const module = pick(random, MODULES) ?? null
  const severity = pick(random, SEVERITIES) ?? 'info'
  return { id: `n-${no}`, no, sender, ...target, module, severity, revision: 0, isGone: false, claimedBy: null }
}

export function senderOf({ world }: Scene, { sender }: Notice): Member {
  const member = world.senders.find(({ sub }) => sub === sender)
  if (member === undefined) throw new Error(`nobody is called ${sender}`)
  return member
}

/** Locks of a notice that is being sent. */
function sending(
  { world }: Scene,
  target: Target,
  random: () => number,
): { readonly keys: readonly Key[]; readonly of: Member | undefined } {
  const touched = world.touchedBy(target)
  return { keys: touched.map(({ sub }) => [sub, 'add']), of: pick(random, touched) }
}

/** Waits until everybody whom it is for has it, or has lost it: the hub answers before it has told all of many. */
export async function through({ world }: Scene, id: string, states: readonly string[]): Promise<void> {
  const isThrough = () => {
    const found = world.database.stateOf(id)
    return found?.isThrough === true && states.includes(found.state)
  }
  await until(isThrough, LATE_MS, `notice ${id} to be ${states.join(' or ')} and through`)
}

function send(scene: Scene, random: () => number, target: Target): Promise<void> | undefined {
  const { world } = scene
  const notice = newNotice(scene, random, target)
  const { keys, of } = sending(scene, target, random)
  return under(scene, keys, {
    of,
    deed: async () => {
      scene.sent()
      await world.hub.ask(senderOf(scene, notice), ['POST', '/v1/notifications'], { body: bodyOf(notice) })
      // Of everybody some have it later than the answer: nobody is to mark it before.
      if (target.all) await through(scene, notice.id, ['sent'])
      world.model.send(notice)
    },
  })
}

/** The id once more, with other words for others: nothing comes of it. */
function sendTwice(scene: Scene, random: () => number): Promise<void> | undefined {
  const { world } = scene
  const notice = pick(random, [...world.model.notices.values()].slice(-200))
  if (notice === undefined) return undefined
  const other = pick(random, world.senders)
  const body = { ...bodyOf(notice), ...wordsOf(notice.no, 99), to: { users: subsOf(world.users.slice(0, 20)) } }
  return under(scene, [], {
    of: pick(random, world.users),
    deed: async () => {
      const path = ['POST', '/v1/notifications'] as const
      const expected = other?.sub === notice.sender ? [200] : [409]
      await world.hub.ask(other ?? world.admin, path, { body, expected })
    },
  })
}

function sendLater(scene: Scene, random: () => number): Promise<void> | undefined {
  const { world } = scene
  const target = random() < 0.5 ? toUsers(scene, random) : toRoles(scene, random)
  const notice = newNotice(scene, random, target)
  const isTakenBack = random() < 0.3
  const waitMs = 200 + random() * 1_000
  const { keys, of } = sending(scene, target, random)
  return under(scene, keys, {
    of,
    deed: async () => {
      const sender = senderOf(scene, notice)
      const body = { ...bodyOf(notice), sendAt: new Date(Date.now() + waitMs).toISOString() }
      scene.sent()
      await world.hub.ask(sender, ['POST', '/v1/notifications'], { body })
      if (isTakenBack) await world.hub.ask(sender, ['DELETE', `/v1/notifications/${notice.id}`])
      await through(scene, notice.id, [isTakenBack ? 'retracted' : 'sent'])
      world.model.send(notice)
      if (isTakenBack) world.model.end(notice.id)
    },
  })
}

function sendForAWhile(scene: Scene, random: () => number): Promise<void> | undefined {
  const { world } = scene
  const target = random() < 0.5 ? toUsers(scene, random) : toRoles(scene, random)
  const notice = newNotice(scene, random, target)
  const body = { ...bodyOf(notice), ttlMs: Math.floor(200 + random() * 1_500) }
  const { keys, of } = sending(scene, target, random)
  return under(scene, keys, {
    of,
    deed: async () => {
      scene.sent()
      await world.hub.ask(senderOf(scene, notice), ['POST', '/v1/notifications'], { body })
      // Known, but not for a deed to choose: it may be gone at any moment.
      await through(scene, notice.id, ['expired'])
      world.model.send(notice)
      world.model.end(notice.id)
    },
  })
}

function sendOpen(scene: Scene, random: () => number): Promise<void> | undefined {
  const { world, open } = scene
  const target = pick(random, [toUsers, toRoles])?.(scene, random) ?? NOBODY
  const notice = newNotice(scene, random, target)
  return under(scene, [], {
    deed: async () => {
      open.add(notice.id)
      const body = { ...bodyOf(notice), store: false }
      await world.hub.ask(senderOf(scene, notice), ['POST', '/v1/notifications'], { body })
      world.model.sendOpen(notice)
    },
  })
}

/** Many at once of one module to somebody who wants them summed up. */
function burst(scene: Scene, random: () => number): Promise<void> | undefined {
  const { world } = scene
  const digester = pick(random, world.digesters)
  if (digester === undefined) return undefined
  return under(scene, [[digester.sub, 'add']], {
    of: digester,
    deed: async () => {
      const target = { ...NOBODY, users: new Set([digester.sub]) }
      const notices = Array.from({ length: 6 }, () => ({ ...newNotice(scene, random, target), module: 'orders' }))
      await Promise.all(
        notices.map(async (notice) => {
          scene.sent()
          await world.hub.ask(senderOf(scene, notice), ['POST', '/v1/notifications'], { body: bodyOf(notice) })
          world.model.send(notice)
        }),
      )
    },
  })
}
