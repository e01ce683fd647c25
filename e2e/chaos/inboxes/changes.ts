import { type Deed, pick, type Scene, under } from './deed.ts'
import type { Notice } from './model.ts'
import { changeRoles } from './people.ts'
import { bodyOf, newNotice, senderOf, through, wordsOf } from './sends.ts'

/** What is done to notices that were sent. */
export function changes(scene: Scene): readonly (readonly [string, number, Deed])[] {
  return [
    ['change words', 8, (random) => onOne(scene, random, (notice) => changeWords(scene, notice))],
    ['take back', 5, (random) => onOne(scene, random, (notice) => takeBack(scene, notice, random), isAlone)],
    ['claim', 8, (random) => claim(scene, random)],
    ['to all, and changed', 0.3, (random) => wide(scene, random, false)],
  ]
}

function living({ world }: Scene, isMeant: (notice: Notice) => boolean = () => true): readonly Notice[] {
  return [...world.model.notices.values()].slice(-400).filter((notice) => !notice.isGone && isMeant(notice))
}

/** One that a digest may have counted stays: the digest goes on saying how many there were. */
function isAlone({ users }: Notice): boolean {
  return ![...users].some((sub) => sub.startsWith('digester'))
}

function onOne(
  scene: Scene,
  random: () => number,
  change: (notice: Notice) => Promise<void>,
  isMeant: (notice: Notice) => boolean = () => true,
): Promise<void> | undefined {
  const notice = pick(random, living(scene, isMeant))
  if (notice === undefined) return undefined
  const of = pick(random, scene.world.touchedBy(notice))
  return under(scene, [[notice.id, 'own']], { of, deed: () => change(notice) })
}

async function changeWords(scene: Scene, notice: Notice): Promise<void> {
  const body = wordsOf(notice.no, notice.revision + 1)
  await scene.world.hub.ask(senderOf(scene, notice), ['PATCH', `/v1/notifications/${notice.id}`], { body })
  notice.revision += 1
}

async function takeBack(scene: Scene, notice: Notice, random: () => number): Promise<void> {
  const who = random() < 0.5 ? senderOf(scene, notice) : scene.world.admin
  await scene.world.hub.ask(who, ['DELETE', `/v1/notifications/${notice.id}`])
  scene.world.model.end(notice.id)
}

/** Several want the same at once: one gets it, or the one who has it already. */
function claim(scene: Scene, random: () => number): Promise<void> | undefined {
  const { world } = scene
  const notice = pick(
    random,
    living(scene, ({ roles, users, all }) => roles.size > 0 && users.size === 0 && !all),
  )
  if (notice === undefined) return undefined
  const holders = world.users.filter(({ sub }) => world.model.has(sub, notice.id))
  const wanting = [...new Set(Array.from({ length: 4 }, () => pick(random, holders)))].filter(
    (one) => one !== undefined,
  )
  const keys = wanting.map(({ sub }) => [sub, 'mark'] as const)
  return under(scene, [[notice.id, 'own'], ...keys], {
    of: wanting[0],
    deed: async () => {
      const path = ['POST', `/v1/inbox/${notice.id}/claim`] as const
      const tries = wanting.map(async (member) => ({
        member,
        status: (await world.hub.ask(member, path, { body: {}, expected: [200, 409] })).status,
      }))
      const winners = (await Promise.all(tries)).flatMap(({ member, status }) => (status === 200 ? [member.sub] : []))
      const has = notice.claimedBy
      const isRight =
        has === null ? winners.length === Math.min(1, wanting.length) : winners.every((sub) => sub === has)
      if (!isRight) world.mistakes.push(`${notice.id} of ${notice.claimedBy} was claimed by ${winners.join(' and ')}`)
      notice.claimedBy ??= winners[0] ?? null
    },
  })
}

/**
 * To everybody: the answer comes when the first slice has it. While others are still to get it some of them change
 * their roles, the notice itself changes or is taken back, and the hub is killed.
 */
export function wide(scene: Scene, random: () => number, isKilled: boolean): Promise<void> | undefined {
  const { world } = scene
  const except = new Set([...world.digesters.map(({ sub }) => sub), 'user-1'])
  const target = { users: new Set<string>(), roles: new Set<string>(), all: true, except }
  const notice = newNotice(scene, random, target)
  const keys = world.touchedBy(target).map(({ sub }) => [sub, 'add'] as const)
  return under(scene, [...keys, [notice.id, 'own']], {
    of: pick(random, world.users),
    deed: async () => {
      scene.sent()
      await world.hub.ask(senderOf(scene, notice), ['POST', '/v1/notifications'], { body: bodyOf(notice) })
      world.model.send(notice)
      const killed = isKilled ? world.hub.kill() : Promise.resolve()
      const moved = Array.from({ length: 6 }, () => changeRoles(scene, random))
      const change = random()
      if (change < 0.3) await takeBack(scene, notice, random)
      else if (change < 0.7) await changeWords(scene, notice)
      await Promise.all([killed, ...moved])
      await through(scene, notice.id, ['sent', 'retracted'])
    },
  })
}
