import type { InboxCounts, InboxItem, InboxSnapshot } from '@monofil/protocol'
import type { Principal } from '@monofil/server'
import { type SseReader, startHub, type TestHub, usersByName } from '@monofil/testkit'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

const users: Record<string, Partial<Principal>> = {}
let hub: TestHub
beforeEach(async () => {
  Object.assign(users, { boss: { roles: ['admin'] }, ann: { roles: ['ops'] }, bob: {}, eve: { roles: ['ops'] } })
  hub = await startHub({ authenticator: usersByName(users) })
})
afterEach(() => hub.close())

type Told = { topic: string; type: string; offset: number | null; data: Record<string, unknown> & { id: string } }
const bearer = (user: string) => ({ authorization: `Bearer ${user}` })
const as = <T = Record<string, unknown>>(user: string, method: string, path: string, body?: unknown) =>
  hub.call<T>(method, path, body, bearer(user))
const send = (to: object, body: object = {}) => as('boss', 'POST', '/v1/notifications', { title: 'x', to, ...body })
const open = (user: string, cursor?: string) =>
  hub.stream('/v1/stream', {
    method: 'POST',
    headers: bearer(user),
    body: { topics: [{ topic: 'inbox', ...(cursor === undefined ? {} : { cursor }) }] },
  })
const told = (reader: SseReader) =>
  reader.all<Told>('message').map(({ type, data }) => `${type} ${data.id ?? ''}`.trim())
const snapshot = (reader: SseReader) => reader.event<{ offset: number; data: InboxSnapshot }>('snapshot')
const until = (reader: SseReader, what: string) => reader.until(() => told(reader).includes(what), what)

describe('the inbox on the one stream', () => {
  test('every tab of every recipient has it live once, and nobody else', async () => {
    const tabs = [await open('ann'), await open('ann'), await open('bob')]
    const other = await open('eve')
    for (const reader of [...tabs, other]) expect((await snapshot(reader)).data.items).toEqual([])
    await send({ users: ['ann', 'bob'] }, { id: 'a' })
    await send({ users: ['eve'] }, { id: 'last' })
    for (const reader of [...tabs, other]) await reader.until(() => told(reader).length > 0)
    expect([...tabs.map(told), told(other)]).toEqual([...tabs.map(() => ['notification a']), ['notification last']])
    const [first] = tabs[0]?.all<Told>('message') ?? []
    expect(first).toMatchObject({ topic: 'inbox', offset: 1, data: { counts: { unseen: 1, unread: 1, version: 1 } } })
    expect(tabs[0]?.body).not.toContain('user:ann')
  })

  test('without a cursor it begins with a snapshot, with one where it was cut', async () => {
    for (const id of ['a', 'b']) await send({ users: ['ann'] }, { id })
    const first = await open('ann')
    const shown = await snapshot(first)
    expect(shown.data.items.map(({ id }) => id)).toEqual(['b', 'a'])
    expect(shown).toMatchObject({ topic: 'inbox', offset: 2, data: { counts: { unseen: 2, unread: 2, version: 2 } } })
    await send({ users: ['ann'] }, { id: 'c' })
    await until(first, 'notification c')
    first.destroy()
    await send({ users: ['ann'] }, { id: 'd' })
    const back = await open('ann', `${hub.store.epoch}:3`)
    await send({ users: ['ann'] }, { id: 'e' })
    await until(back, 'notification e')
    expect(told(back)).toEqual(['notification d', 'notification e'])
    expect(back.all('snapshot')).toEqual([])
    const lost = await open('ann', `${hub.store.epoch}:99`)
    expect((await snapshot(lost)).data.items).toHaveLength(5)
    expect(lost.all('gap')).toMatchObject([{ topic: 'inbox', reason: 'unknown_cursor' }])
  })

  test('read on one device is read on all, and its list agrees', async () => {
    await send({ users: ['ann'] }, { id: 'a' })
    const tab = await open('ann')
    await snapshot(tab)
    const { body } = await as<{ counts: InboxCounts }>('ann', 'POST', '/v1/inbox/a/read')
    const read = await tab.event<Told>('message', ({ type }) => type === 'read')
    expect(read.data).toMatchObject({ state: 'read', ids: ['a'], counts: body.counts })
    const list = await as<{ items: InboxItem[]; counts: InboxCounts }>('ann', 'GET', '/v1/inbox')
    expect(list.body.counts).toEqual(body.counts)
    expect(list.body.items[0]?.readAt).toBe(read.data['at'])
  })

  test('a role that is lost while one is away is not replayed', async () => {
    const tab = await open('ann')
    await snapshot(tab)
    await send({ roles: ['ops'] }, { id: 'a', title: 'for ops only' })
    await until(tab, 'notification a')
    tab.destroy()
    users['ann'] = {}
    const back = await open('ann', `${hub.store.epoch}:0`)
    await back.until(() => told(back).length === 2)
    expect(told(back)).toEqual(['removed', 'removed'])
    expect(back.body).not.toContain('for ops')
    expect((await as<{ items: unknown[] }>('ann', 'GET', '/v1/inbox?state=all')).body.items).toEqual([])
    expect(JSON.stringify((await as('ann', 'GET', '/v1/topics/inbox/events')).body)).not.toContain('for ops')
  })

  test('what is taken back leaves the memory of the hub too', async () => {
    const tab = await open('ann')
    await snapshot(tab)
    await send({ users: ['ann'] }, { id: 'a', title: 'a mistake' })
    await until(tab, 'notification a')
    expect((await as('boss', 'DELETE', '/v1/notifications/a')).status).toBe(204)
    await until(tab, 'removed')
    const late = await open('ann', `${hub.store.epoch}:0`)
    await late.until(() => told(late).length === 2)
    expect(late.body).not.toContain('a mistake')
  })

  test('words that changed leave the memory of the hub too', async () => {
    const tab = await open('ann')
    await snapshot(tab)
    await send({ users: ['ann'] }, { id: 'a', title: 'a mistake' })
    await until(tab, 'notification a')
    expect((await as('boss', 'PATCH', '/v1/notifications/a', { title: 'better' })).status).toBe(200)
    await until(tab, 'updated a')
    const late = await open('ann', `${hub.store.epoch}:0`)
    await until(late, 'updated a')
    expect(told(late)).toEqual(['removed', 'updated a'])
    expect(late.body).not.toContain('a mistake')
  })

  test('who comes for the first time finds what was sent to all before', async () => {
    await send({ all: true }, { id: 'a' })
    const tab = await open('bob')
    expect((await snapshot(tab)).data.items.map(({ id }) => id)).toEqual(['a'])
    await as('eve', 'GET', '/v1/session')
    expect((await as('eve', 'GET', '/v1/inbox/counts')).body).toEqual({ unseen: 1, unread: 1, version: 1 })
  })

  test('what is not stored reaches the tabs that are open, by name, role and topic', async () => {
    const tabs = { ann: await open('ann'), bob: await open('bob'), eve: await open('eve') }
    for (const tab of Object.values(tabs)) await snapshot(tab)
    expect((await send({ users: ['bob'], roles: ['ops'], except: ['eve'] }, { id: 'a', store: false })).status).toBe(
      201,
    )
    await send({ users: ['eve'] }, { id: 'last' })
    await Promise.all([
      until(tabs.ann, 'notification a'),
      until(tabs.bob, 'notification a'),
      until(tabs.eve, 'notification last'),
    ])
    expect(told(tabs.eve)).toEqual(['notification last'])
    expect(tabs.bob.all<Told>('message')[0]).toMatchObject({ topic: 'inbox', offset: null, data: { counts: null } })
    expect((await as<{ items: unknown[] }>('bob', 'GET', '/v1/inbox')).body.items).toEqual([])
  })

  test('what is not stored reaches nobody by a role that only an older credential gives', async () => {
    const tab = await open('ann')
    await snapshot(tab)
    Object.assign(users, { ann: {} })
    await as('ann', 'GET', '/v1/inbox/counts')
    await send({ roles: ['ops'] }, { id: 'a', store: false })
    await send({ users: ['ann'] }, { id: 'last' })
    await until(tab, 'notification last')
    expect(told(tab)).toEqual(['notification last'])
  })

  test('what is not stored keeps to preferences: not muted ones, without a sound in quiet hours, in their language', async () => {
    const prefer = (user: string, preferences: object) => as(user, 'PUT', '/v1/preferences', preferences)
    await prefer('ann', { mute: [{ module: 'ads' }, { module: 'news', channels: ['live'] }] })
    await prefer('bob', { language: 'fr', quietHours: { from: '00:00', to: '23:59', timezone: 'UTC' } })
    const tabs = { ann: await open('ann'), bob: await open('bob') }
    for (const tab of Object.values(tabs)) await snapshot(tab)
    const texts = { en: { title: 'Hello' }, fr: { title: 'Bonjour' } }
    const body = { title: undefined, texts, store: false }
    const to = { users: ['ann', 'bob'] }
    await send(to, { ...body, id: 'ad', module: 'ads' })
    await send(to, { ...body, id: 'new', module: 'news' })
    await send(to, { ...body, id: 'fire', severity: 'critical' })
    for (const tab of Object.values(tabs)) await until(tab, 'notification fire')
    const shown = (tab: SseReader) =>
      tab.all<Told>('message').map(({ data }) => `${data.id} ${data['title']} ${data['quiet']}`)
    expect(shown(tabs.ann)).toEqual(['new Hello muted', 'fire Hello null'])
    // A minute of the day is not quiet.
    const hush = new Date().toISOString().slice(11, 16) === '23:59' ? 'null' : 'quiet_hours'
    expect(shown(tabs.bob)).toEqual([`ad Bonjour ${hush}`, `new Bonjour ${hush}`, 'fire Bonjour null'])
  })

  test('a native EventSource reads its own inbox, with ids to come back by', async () => {
    const tab = await hub.stream('/v1/stream?topics=inbox', { headers: bearer('ann') })
    await snapshot(tab)
    await send({ users: ['ann'] }, { id: 'a' })
    await until(tab, 'notification a')
    expect(tab.blocks.findLast((block) => block.id !== undefined)?.id).toBe(`${hub.store.epoch}:1`)
  })
})

describe('what the routes say', () => {
  test('a wrong body names its field', async () => {
    const field = async (body: object) => (await as('boss', 'POST', '/v1/notifications', body)).body['field']
    expect(await field({ to: { users: ['ann'] } })).toBe('title')
    expect(await field({ title: 'x', to: {} })).toBe('to')
    expect(await field({ title: 'x', to: { all: true }, link: 'javascript:alert(1)' })).toBe('link')
    expect(await field({ title: 'x', to: { all: true }, link: '//evil.example' })).toBe('link')
    expect(await field({ title: 'x', to: { all: true }, severity: 'loud' })).toBe('severity')
    expect(await field({ texts: { fr: { title: '{n, plural, one {# fois}}' } }, to: { all: true } })).toBe(
      'texts.fr.title',
    )
    expect(await field({ texts: { en: { title: '{who} is here' } }, to: { all: true } })).toBe('texts.en.title')
    expect(await field({ template: 'none', to: { all: true } })).toBe('template')
    expect(await field({ title: 'x', to: { all: true }, store: false, ttlMs: 5 })).toBe('ttlMs')
    const many = Array.from({ length: 1_000 }, (_, i) => `u${i}`)
    const much = await as('boss', 'POST', '/v1/notifications', {
      ...{ title: 'x', to: { users: many }, data: 'x'.repeat(10_000) },
    })
    expect([much.status, much.body['code'], much.body['field']]).toEqual([413, 'too_large', 'to.users'])
    const forbidden = await as('ann', 'POST', '/v1/notifications', { title: 'x', to: { users: ['ann', 'bob'] } })
    expect([forbidden.status, forbidden.body['field']]).toEqual([403, 'to.users[0]'])
  })

  test('texts have variables and plurals, in the language of each', async () => {
    const shop = await startHub({
      authenticator: usersByName(users),
      templates: {
        orders: {
          en: { title: '{n, plural, one {# order} other {# orders}} for {who}' },
          fr: { title: '{n, plural, one {# commande} other {# commandes}} pour {who}' },
        },
      },
    })
    try {
      const call = <T>(user: string, method: string, path: string, body?: unknown) =>
        shop.call<T>(method, path, body, bearer(user))
      await call('bob', 'PUT', '/v1/preferences', { language: 'fr' })
      for (const [id, n] of [
        ['one', 1],
        ['many', 1_234],
      ] as const) {
        const body = { id, template: 'orders', values: { n, who: '<b>Zoé</b>' }, to: { users: ['ann', 'bob'] } }
        expect((await call('boss', 'POST', '/v1/notifications', body)).status).toBe(201)
      }
      const titles = async (user: string) =>
        (await call<{ items: InboxItem[] }>(user, 'GET', '/v1/inbox')).body.items.map(({ title }) => title)
      expect(await titles('ann')).toEqual(['1,234 orders for <b>Zoé</b>', '1 order for <b>Zoé</b>'])
      const [many, one] = await titles('bob')
      expect(many?.replace(/\s/g, ' ')).toBe('1 234 commandes pour <b>Zoé</b>')
      expect(one).toBe('1 commande pour <b>Zoé</b>')
    } finally {
      await shop.close()
    }
  })

  test('a recipient may ask why, of themselves alone', async () => {
    await send({ users: ['ann', 'bob'] }, { id: 'a' })
    const why = await as<{ items: { user: string }[]; notification: unknown }>(
      'ann',
      'GET',
      '/v1/notifications/a/trace',
    )
    expect([why.body.items.map(({ user }) => user), why.body.notification]).toEqual([['ann'], null])
    expect((await as('eve', 'GET', '/v1/notifications/a/trace')).status).toBe(404)
    const all = await as<{ items: unknown[] }>('boss', 'GET', '/v1/notifications/a/trace')
    expect(all.body.items).toHaveLength(2)
  })

  test('a directory that fails fails no sender: what was sent was sent', async () => {
    const warned: string[] = []
    const none = () => {}
    const logger = { debug: none, info: none, error: none, warn: (message: string) => void warned.push(message) }
    const shop = await startHub({ logger, directory: () => Promise.reject(new Error('LDAP is away')) })
    try {
      await shop.call('GET', '/v1/session')
      const sent = await shop.call('POST', '/v1/notifications', { id: 'a', title: 'x', to: { all: true } })
      expect(sent).toMatchObject({ status: 201, body: { id: 'a', created: true } })
      expect(warned).toEqual(['the directory of users failed: those whom it names have it with their next request'])
      expect((await shop.store.notifications.counts('dev')).unread).toBe(1)
    } finally {
      await shop.close()
    }
  })

  test('server code notifies whom it likes, and a directory names those who were never here', async () => {
    const shop = await startHub({
      authenticator: usersByName(users),
      directory: ({ roles }) => Promise.resolve(roles.includes('ops') ? ['zoe', 'ann'] : []),
    })
    try {
      const id = await shop.server.sendNotification({ message: 'hello' }, { roles: ['ops'] })
      expect((await shop.store.notifications.inbox('zoe', { state: 'inbox', limit: 5 })).items).toMatchObject([{ id }])
      for (const topic of ['user:ann', 'run:r1', 'inbox']) {
        const wrong = shop.server.sendNotification({ title: 'x' }, { topics: [topic] })
        await expect(wrong).rejects.toMatchObject({ details: { field: 'to.topics[0]' } })
      }
      await expect(shop.server.sendNotification({}, { roles: ['ops'] })).rejects.toMatchObject({
        code: 'invalid_request',
      })
    } finally {
      await shop.close()
    }
  })
})
