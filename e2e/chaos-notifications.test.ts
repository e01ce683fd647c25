/**
 * Inboxes against their specification (`chaos/inboxes/model.ts`): users in roles with three devices each, everything
 * that can be done to a notification, many things at once, and `kill -9` of the hub in between.
 */
import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { InboxDatabase } from './chaos/inboxes/database.ts'
import { Devices } from './chaos/inboxes/devices.ts'
import { KilledHub } from './chaos/inboxes/hub.ts'
import { settle } from './chaos/inboxes/settle.ts'
import { Storm } from './chaos/inboxes/storm.ts'
import { World } from './chaos/inboxes/world.ts'
import { chooseSeed, seeded } from './network-lab.ts'

const IS_LONG = process.env['TEST_LONG'] !== undefined
const SIZE = IS_LONG
  ? { users: 1_000, crowd: 0, roles: 20, notices: 10_000, kills: 10 }
  : { users: 60, crowd: 540, roles: 6, notices: 600, kills: 3 }

it(`has the inboxes that the specification says, over ${SIZE.kills} kills`, { timeout: 3_600_000 }, async () => {
  const seed = chooseSeed()
  const random = seeded(seed)
  const hub = await KilledHub.open(randomBytes(32).toString('hex'))
  const database = new InboxDatabase(hub.database)
  const world = new World(hub, database, { size: SIZE, random })
  const devices = new Devices(world)
  const storm = new Storm(world, devices, random)
  const began = performance.now()
  const figures = () => ({
    ...{ users: SIZE.users, kills: hub.kills, ...storm.done, opened: devices.opened, told: devices.told },
    ...{
      canaries: devices.canaries,
      hubMiB: Math.round(hub.memory / 2 ** 20),
      ms: Math.round(performance.now() - began),
    },
  })
  try {
    await world.begin()
    for (let round = 0; round <= SIZE.kills; round += 1) {
      world.model.beginRound()
      const kill = round === SIZE.kills ? 'never' : round % 2 === 0 ? 'under way' : 'sometime'
      await storm.round(Math.ceil(SIZE.notices / (SIZE.kills + 1)), kill)
      const isEnd = round === SIZE.kills
      expect(await settle(world, devices, { open: storm.open, isEnd })).toEqual([])
      if (IS_LONG) process.stdout.write(`round ${round}: ${JSON.stringify(figures())}\n`)
    }
    expect(hub.kills).toBe(SIZE.kills)
    expect(devices.told).toBeGreaterThan(SIZE.notices)
  } catch (error) {
    process.stdout.write(`${hub.output.slice(-5_000)}\n`)
    throw error
  } finally {
    devices.close()
    database.close()
    await hub.close()
    process.stdout.write(`chaos notifications: TEST_SEED=${seed}: ${JSON.stringify(figures())}\n`)
  }
})
