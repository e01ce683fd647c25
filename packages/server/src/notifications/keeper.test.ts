import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { NoticePreferences } from '@monofil/protocol'
import { FakeClock } from '@monofil/testkit'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { NewNotice, PushLease } from '../seams/notification-store.ts'
import type { PushResult } from '../seams/push-sender.ts'
import { silentLogger } from '../seams/system.ts'
import { openSqliteStore, type SqliteStore } from '../sqlite/index.ts'
import { NoticeKeeper } from './keeper.ts'
import { KnownUsers } from './known-users.ts'

let dir: string
let clock: FakeClock
let store: SqliteStore
let keeper: NoticeKeeper | undefined
/** What the push service was given, and what it answers next. */
const sent: string[] = []
const answers: (PushResult | Error)[] = []
const push = {
  send({ sub, attempt, item }: PushLease): Promise<PushResult> {
    sent.push(`${sub} ${item.id} ${attempt}`)
    const answer = answers.shift() ?? ({ kind: 'sent' } as const)
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)
  },
}

beforeEach(async () => {
  sent.length = 0
  answers.length = 0
  dir = await mkdtemp(join(tmpdir(), 'monofil-keeper-'))
  clock = new FakeClock()
  store = await openSqliteStore({ dir, clock, durability: 'normal', onCommit() {}, notices: { push: true } })
})
afterEach(async () => {
  keeper?.close()
  await store.close()
  await rm(dir, { recursive: true })
})

const begin = () => {
  keeper = new NoticeKeeper({ store: store.notifications, clock, logger: silentLogger, push })
}
async function send(id: string, more: Partial<NewNotice> = {}): Promise<void> {
  const to = { users: ['ann'], roles: [], topics: [], all: false, except: [] }
  const texts = [{ language: '', title: id, message: null, details: null }]
  const none = {
    severityAsSent: null,
    module: null,
    action: null,
    link: null,
    dataJson: null,
    sendAt: null,
    ttlMs: null,
  }
  await store.notifications.send({ ...none, texts, severity: 'info', actions: [], to, id, sender: 's', ...more })
}
const line = async (id: string) => (await store.notifications.trace(id, { limit: 1 })).items[0]?.push
/** Moves the clock in small steps, as the keeper's own timers need them, until it is so. */
async function until(what: () => Promise<unknown>, expected: unknown): Promise<void> {
  const look = async () => {
    clock.advance(100)
    return what()
  }
  await expect.poll(look, { timeout: 20_000, interval: 5 }).toEqual(expected)
}
const sentNow = () => Promise.resolve([...sent])

describe('pushes', () => {
  test('are tried where no tab said in time that it shows it, and not where one did', async () => {
    await send('a')
    await send('b')
    await store.notifications.receive('ann', ['a'])
    begin()
    await until(sentNow, ['ann b 1'])
    await until(async () => (await line('b'))?.state, 'sent')
    expect(await line('a')).toBeNull()
    expect(await store.notifications.get('b')).toMatchObject({ status: 'sent', attempts: 1 })
  })

  test('are tried three times with longer and longer waits, fail, and can be tried again', async () => {
    answers.push(new Error('no route'), { kind: 'retry', error: 'busy' }, { kind: 'retry', error: 'still busy' })
    await send('a')
    begin()
    await until(async () => (await line('a'))?.state, 'failed')
    expect(sent).toEqual(['ann a 1', 'ann a 2', 'ann a 3'])
    expect(await store.notifications.get('a')).toMatchObject({ status: 'failed', lastError: 'still busy', attempts: 3 })
    expect(await store.notifications.retry('a')).toMatchObject({ status: 'sending' })
    await until(async () => (await line('a'))?.state, 'sent')
    expect((await store.notifications.get('a'))?.status).toBe('sent')
  })

  test('of one user come in order: a later one waits for one that is tried again', async () => {
    answers.push({ kind: 'retry', error: 'busy' })
    await send('a')
    await send('b')
    begin()
    await until(sentNow, ['ann a 1', 'ann a 2', 'ann b 1'])
  })

  test('wait for quiet hours to end, which critical ones do not', async () => {
    const quietHours = { from: '00:00', to: '00:10', timezone: 'UTC' }
    const preferences: NoticePreferences = { language: null, mute: [], quietHours, digest: null }
    await store.notifications.setPreferences('ann', preferences)
    await send('a')
    await send('b', { severity: 'critical' })
    begin()
    await until(sentNow, ['ann b 1'])
    expect((await line('a'))?.nextAt).toBe('2026-01-01T00:10:00.000Z')
    clock.advance(600_000)
    await until(sentNow, ['ann b 1', 'ann a 1'])
  })

  test('are not tried for what was read or taken back, and say so where there is nowhere to send them', async () => {
    answers.push({ kind: 'skipped' })
    for (const id of ['a', 'b', 'c']) await send(id)
    clock.advance(10_000)
    await store.notifications.sweep()
    await store.notifications.mark('ann', { state: 'read', ids: ['a'] })
    await store.notifications.retract('b')
    begin()
    await until(sentNow, ['ann c 1'])
    const states = async () => [(await line('a'))?.state, (await line('b'))?.state, (await line('c'))?.state]
    await until(states, ['skipped', 'skipped', 'skipped'])
  })

  test('that wait are not tried any more for what was seen meanwhile', async () => {
    const quietHours = { from: '00:00', to: '00:10', timezone: 'UTC' }
    await store.notifications.setPreferences('ann', { language: null, mute: [], quietHours, digest: null })
    for (const id of ['a', 'b']) await send(id)
    clock.advance(10_000)
    await store.notifications.sweep()
    await store.notifications.mark('ann', { state: 'seen', ids: ['a'] })
    expect(await line('a')).toMatchObject({ state: 'skipped', nextAt: null })
    clock.advance(600_000)
    begin()
    await until(sentNow, ['ann b 1'])
  })

  test('of a process that died are taken again when its time is over, and its late word does not count', async () => {
    await send('a')
    clock.advance(10_000)
    await store.notifications.sweep()
    const take = () => store.notifications.takePushes({ max: 5, leaseMs: 1_000 })
    const [lost] = await take()
    expect(await take()).toEqual([])
    clock.advance(1_000)
    const [again] = await take()
    expect(again).toMatchObject({ id: lost?.id, attempt: 2 })
    await store.notifications.settlePushes([{ id: lost?.id ?? 0, attempt: 1, kind: 'failed', error: 'late' }])
    expect((await line('a'))?.state).toBe('sending')
    await store.notifications.settlePushes([{ id: again?.id ?? 0, attempt: 2, kind: 'sent' }])
    expect(await line('a')).toMatchObject({ state: 'sent', lastError: null })
  })
})

describe('users who are seen', () => {
  test('are one write for a turn, and none until their roles change or an hour went by', async () => {
    const met: string[][] = []
    const notifications = {
      ...store.notifications,
      meet(users: Parameters<SqliteStore['notifications']['meet']>[0]) {
        met.push(users.map(({ sub, roles }) => `${sub} ${roles.join()}`))
        return store.notifications.meet(users)
      },
    }
    const known = new KnownUsers(notifications, () => clock.now(), silentLogger)
    const user = (sub: string, roles: string[] = [], issuedAtMs: number | null = null) =>
      known.meet({ sub, roles, topics: [], publish: [], expiresAtMs: null, issuedAtMs })
    await Promise.all([user('ann'), user('bob', ['ops'])])
    expect(met).toEqual([['ann ', 'bob ops']])
    expect([user('ann'), user('bob', ['ops'])]).toEqual([undefined, undefined])
    await user('ann', ['ops'], 2_000)
    expect(user('ann', [], 1_000)).toBeUndefined()
    clock.advance(3_600_000)
    await user('ann', ['ops'], 2_000)
    expect(met.slice(1)).toEqual([['ann ops'], ['ann ops']])
  })

  test('hold what the newest credential says, also where it said nothing new', async () => {
    const known = new KnownUsers(store.notifications, () => clock.now(), silentLogger)
    const user = (roles: string[], issuedAtMs: number) =>
      known.meet({ sub: 'ann', roles, topics: [], publish: [], expiresAtMs: null, issuedAtMs })
    await user([], 1_000)
    expect(user([], 3_000)).toBeUndefined()
    // Older than the last one, though newer than the one that was written down.
    expect(user(['ops'], 2_000)).toBeUndefined()
    await send('a', { to: { users: [], roles: ['ops'], topics: [], all: false, except: [] } })
    expect(await line('a')).toBeUndefined()
    await user(['ops'], 4_000)
    expect((await store.notifications.inbox('ann', { state: 'inbox', limit: 1 })).items).toMatchObject([{ id: 'a' }])
  })

  test('hold what their newest credential says, also where an older one is seen first', async () => {
    const see = (known: KnownUsers, roles: string[], issuedAtMs: number) =>
      known.meet({ sub: 'ann', roles, topics: [], publish: [], expiresAtMs: null, issuedAtMs })
    const before = new KnownUsers(store.notifications, () => clock.now(), silentLogger)
    expect(before.rolesOf('ann')).toBeUndefined()
    await see(before, ['ops'], 2_000)
    // After a restart, tabs come back one by one.
    const known = new KnownUsers(store.notifications, () => clock.now(), silentLogger)
    await see(known, ['shop'], 1_000)
    expect(known.rolesOf('ann')).toEqual(['ops'])
    expect(see(known, ['shop'], 1_000)).toBeUndefined()
    await see(known, ['shop'], 3_000)
    expect(known.rolesOf('ann')).toEqual(['shop'])
    await send('a', { to: { users: [], roles: ['shop'], topics: [], all: false, except: [] } })
    expect((await store.notifications.inbox('ann', { state: 'all', limit: 10 })).items).toHaveLength(1)
  })
})
