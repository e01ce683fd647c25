import type { InboxItem, InboxMark } from '@monofil/protocol'
import { startHub, type TestHub, usersByName } from '@monofil/testkit'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createClient } from '../index.ts'
import type { ClientOptions } from '../options.ts'
import type { MonofilClient } from '../types.ts'
import { type Inbox, inboxApi, watchInbox } from './index.ts'

let hub: TestHub
const clients: MonofilClient[] = []
const roles: Record<string, object> = {}
beforeEach(async () => {
  Object.assign(roles, { boss: { roles: ['admin'] }, ann: { roles: ['ops'] }, bob: { roles: ['ops'] } })
  hub = await startHub({ authenticator: usersByName(roles), limits: { publish: 0 } })
})
afterEach(async () => {
  for (const client of clients.splice(0)) client.close()
  await hub.close()
})

function made(user = 'ann', options: ClientOptions = {}): MonofilClient {
  const client = createClient({ url: hub.url, token: user, share: 'none', lingerMs: 10, ...options })
  clients.push(client)
  return client
}
/** A device: its inbox, watched, and the ids it was told of, in order. */
function device(client = made()): { client: MonofilClient; inbox: Inbox; told: string[] } {
  const inbox = watchInbox(client)
  const told: string[] = []
  inbox.onNotification(({ id }) => told.push(id))
  return { client, inbox, told }
}
const send = (id: string, to: object = { users: ['ann'] }) => made('boss').api.notify({ id, title: id, to })
const ids = (inbox: Inbox) => inbox.get().items.map(({ id }) => id)
const isLive = (inbox: Inbox) => {
  const { status, freshness } = inbox.get()
  return `${status} ${freshness}`
}
const live = (inbox: Inbox) => expect.poll(() => isLive(inbox)).toBe('ready live')

/** As the hub has it: all that is not archived. */
async function truth(user = 'ann') {
  const api = inboxApi(made(user))
  const items: InboxItem[] = []
  let cursor: string | null | undefined
  while (cursor !== null) {
    const page = await api.list({ limit: 20, cursor: cursor ?? undefined })
    items.push(...page.items)
    cursor = page.nextCursor
    if (cursor === null) return { items, counts: page.counts }
  }
  throw new Error('a list without an end')
}

describe('an inbox', () => {
  it('has what was there, tells of what comes, and is the same on every device', async () => {
    await send('old')
    const [one, two] = [device(), device()]
    await Promise.all([live(one.inbox), live(two.inbox)])
    expect(ids(one.inbox)).toEqual(['old'])
    await send('a')
    await send('b')
    await expect
      .poll(() => [ids(one.inbox), ids(two.inbox)])
      .toEqual([
        ['b', 'a', 'old'],
        ['b', 'a', 'old'],
      ])
    expect([one.told, two.told]).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ])
    await one.inbox.mark(['a'], 'read')
    await expect.poll(() => two.inbox.get().counts).toMatchObject({ unseen: 2, unread: 2 })
    expect(two.inbox.get().items[1]?.readAt).not.toBeNull()
    await two.inbox.mark(['a'], 'archived')
    await expect.poll(() => ids(one.inbox)).toEqual(['b', 'old'])
    await two.inbox.mark(['a'], 'unread')
    await expect.poll(() => ids(one.inbox)).toEqual(['b', 'a', 'old'])
    await one.inbox.markAll()
    await expect.poll(() => two.inbox.get().counts).toMatchObject({ unseen: 0, unread: 0 })
    await made('boss').api.call('DELETE', '/v1/notifications/b')
    await expect
      .poll(() => [ids(one.inbox), ids(two.inbox)])
      .toEqual([
        ['a', 'old'],
        ['a', 'old'],
      ])
    expect([one.told, two.told]).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ])
  })

  it('tells of what came while it was away, also where its words have changed since', async () => {
    await send('old')
    const { client, inbox, told } = device()
    await live(inbox)
    client.disconnect()
    for (const id of ['changed', 'hidden', 'later']) await send(id)
    await made('boss').api.call('PATCH', '/v1/notifications/changed', { body: { title: 'other words' } })
    await made('boss').api.call('PATCH', '/v1/notifications/old', { body: { title: 'other words' } })
    await made('boss').api.call('DELETE', '/v1/notifications/hidden')
    client.connect()
    await expect.poll(() => ids(inbox)).toEqual(['later', 'changed', 'old'])
    await live(inbox)
    expect(told).toEqual(['later', 'changed'])
    expect(inbox.get().items[1]).toMatchObject({ title: 'other words' })
  })

  it('tells of all that came while it was away, in order, however many and whatever was done with them', async () => {
    const { client, inbox, told } = device()
    await live(inbox)
    await send('back')
    await expect.poll(() => told).toEqual(['back'])
    await inbox.mark(['back'], 'archived')
    client.disconnect()
    // One that comes back from the archive is read anew with the newest 50; what is older came all the same.
    await inboxApi(made()).mark(['back'], 'unread')
    const many = Array.from({ length: 60 }, (_, n) => `n${n}`)
    for (const id of many) await send(id)
    client.connect()
    await expect.poll(() => inbox.get().counts.unread).toBe(61)
    await live(inbox)
    expect(told).toEqual(['back', ...many])
  })

  it('brings older ones by pages, without a hole or one twice, while others come', async () => {
    for (let n = 0; n < 130; n += 1) await send(`n${n}`)
    const { inbox, told } = device()
    await live(inbox)
    expect(inbox.get().items).toHaveLength(50)
    expect(inbox.get().hasMore).toBe(true)
    await Promise.all([inbox.loadMore(), send('new')])
    while (inbox.get().hasMore) await inbox.loadMore()
    await expect.poll(() => inbox.get().items.length).toBe(131)
    const { items, counts } = await truth()
    expect(inbox.get()).toMatchObject({ items, counts })
    expect(told).toEqual(['new'])
  })

  it('goes on with older ones when all that it had are archived', async () => {
    for (let n = 0; n < 55; n += 1) await send(`n${n}`)
    const { inbox, told } = device()
    await live(inbox)
    await inbox.mark(ids(inbox), 'archived')
    await expect.poll(() => ids(inbox)).toEqual(['n4', 'n3', 'n2', 'n1', 'n0'])
    await inbox.markAll('archived')
    await expect.poll(() => ids(inbox)).toEqual([])
    await live(inbox)
    expect([inbox.get().hasMore, told]).toEqual([false, []])
  })

  it('says once what was shown, and counts as delivered', async () => {
    const { inbox } = device()
    await live(inbox)
    for (const id of ['a', 'b']) await send(id)
    inbox.shown(['a', 'b'])
    inbox.shown(['a'])
    const trace = async (id: string) =>
      (await made('boss').api.call<{ items: { live: unknown }[] }>('GET', `/v1/notifications/${id}/trace`)).items
    for (const id of ['a', 'b']) await expect.poll(() => trace(id)).toMatchObject([{ live: { state: 'sent' } }])
  })

  it('is claimed by one, which the others see', async () => {
    const [ann, bob] = [device(), device(made('bob'))]
    await Promise.all([live(ann.inbox), live(bob.inbox)])
    await send('job', { roles: ['ops'] })
    await expect.poll(() => [ids(ann.inbox), ids(bob.inbox)]).toEqual([['job'], ['job']])
    await ann.inbox.claim('job')
    await expect.poll(() => bob.inbox.get().items[0]).toMatchObject({ claim: { by: 'ann' }, claimable: false })
    await expect(bob.inbox.claim('job')).rejects.toMatchObject({ code: 'invalid_state' })
  })

  it('has the archive too: what goes there, comes back, is read or taken back on any device, and older ones', async () => {
    for (let n = 0; n < 60; n += 1) await send(`n${n}`)
    const { client, inbox } = device()
    const archive = watchInbox(client, { state: 'archived' })
    expect(watchInbox(client, { state: 'archived' })).toBe(archive)
    const leave = archive.subscribe(() => {})
    await live(archive)
    expect(ids(archive)).toEqual([])
    await inbox.mark(['n33', 'n35'], 'archived')
    await expect.poll(() => ids(archive)).toEqual(['n35', 'n33'])
    await expect.poll(() => isLive(archive)).toBe('ready live')
    const other = device()
    await live(other.inbox)
    await other.inbox.mark(['n33'], 'unread')
    await expect.poll(() => [ids(archive), ids(inbox).includes('n33')]).toEqual([['n35'], true])
    await made('boss').api.call('DELETE', '/v1/notifications/n35')
    await expect.poll(() => ids(archive)).toEqual([])
    await archive.markAll('archived')
    await expect.poll(() => [ids(archive).length, archive.get().hasMore]).toEqual([50, true])
    await archive.loadMore()
    expect([ids(archive).length, archive.get().hasMore]).toEqual([59, false])
    expect(archive.get().counts).toEqual(inbox.get().counts)
    // Nobody watches: nothing is read, and what was missed is there with the next who does.
    leave()
    await other.inbox.mark(['n7'], 'unread')
    archive.subscribe(() => {})
    await expect.poll(() => ids(archive).includes('n7')).toBe(false)
    client.logout()
    await expect.poll(() => ids(archive)).toEqual([])
  })

  it('shows nothing of the last user to the next', async () => {
    await send('secret')
    const { client, inbox, told } = device(made('ann', { user: 'ann' }))
    await live(inbox)
    client.logout()
    await expect.poll(() => [ids(inbox), inbox.get().counts.unread]).toEqual([[], 0])
    expect(told).toEqual([])
  })

  it('shows nothing of an archive that was asked for by the last user', async () => {
    await send('secret')
    await inboxApi(made()).mark(['secret'], 'archived')
    let who = 'ann'
    const held = Promise.withResolvers<void>()
    let asked = 0
    const slow: typeof fetch = async (input, init) => {
      const isArchive = String(input).includes('state=archived')
      const isFirst = isArchive && ++asked === 1
      const answer = await fetch(input, init)
      if (isFirst) await held.promise
      return answer
    }
    const client = made('ann', { token: () => who, fetch: slow })
    const archive = watchInbox(client, { state: 'archived' })
    const shown: string[] = []
    archive.subscribe(() => shown.push(...ids(archive)))
    await expect.poll(() => asked).toBe(1)
    who = 'bob'
    client.logout()
    client.reconnect('another user')
    await live(watchInbox(client))
    held.resolve()
    await live(archive)
    expect([asked, shown]).toEqual([2, []])
  })

  it('is one object for all who ask with the same client, and goes on where it was left', async () => {
    const client = made()
    expect(watchInbox(client)).toBe(watchInbox(client))
    const inbox = watchInbox(client)
    const leave = inbox.subscribe(() => {})
    await live(inbox)
    leave()
    await send('meanwhile')
    inbox.subscribe(() => {})
    await expect.poll(() => ids(inbox)).toEqual(['meanwhile'])
  })

  it('keeps preferences', async () => {
    const api = inboxApi(made())
    await api.setPreferences({ language: 'fr', mute: [{ module: 'orders', channels: ['live'] }] })
    expect(await api.preferences()).toMatchObject({ language: 'fr', mute: [{ module: 'orders' }], quietHours: null })
  })
})

type Step =
  | { readonly kind: 'send'; readonly to: 'ann' | 'ops' | 'all' }
  | { readonly kind: 'mark'; readonly by: number; readonly state: InboxMark; readonly nth: number | null }
  | { readonly kind: 'change' | 'retract' | 'claim'; readonly nth: number }
  | { readonly kind: 'cut' | 'leave'; readonly by: number }
  | { readonly kind: 'role' | 'older' }

const nth = fc.nat({ max: 70 })
const by = fc.nat({ max: 1 })
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('send' as const), to: fc.constantFrom('ann', 'ops', 'all') }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('mark' as const),
      by,
      state: fc.constantFrom('seen', 'read', 'unread', 'archived'),
      nth: fc.option(nth, { freq: 12 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('change', 'retract', 'claim'), nth }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('cut', 'leave'), by }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('role', 'older') }) },
) as fc.Arbitrary<Step>

it('is the hub’s inbox after any history, on two devices that are cut off again and again', {
  timeout: 120_000,
}, async () => {
  let round = 0
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: 60 }), fc.array(step, { minLength: 10, maxLength: 40 }), async (before, steps) => {
      round += 1
      const me = `ann${round}`
      roles[me] = { roles: ['ops'] }
      const boss = made('boss')
      const api = inboxApi(made(me))
      await api.counts()
      const sent: string[] = []
      const post = async (to: object) => {
        const id = `${me}-${sent.length}`
        sent.push(id)
        await boss.api.notify({ id, title: id, to })
      }
      for (let n = 0; n < before; n += 1) await post({ users: [me] })
      const devices = [device(made(me)), device(made(me))]
      const told = devices.map(({ told }) => told)
      for (const one of steps) {
        const id = 'nth' in one && one.nth !== null ? (sent[one.nth % Math.max(1, sent.length)] ?? 'none') : null
        const who = devices['by' in one ? one.by : 0]
        if (one.kind === 'send') {
          await post(one.to === 'ann' ? { users: [me] } : one.to === 'ops' ? { roles: ['ops'] } : { all: true })
        } else if (one.kind === 'mark') {
          const { state } = one
          if (id !== null) await api.mark([id], state)
          else if (state !== 'unread') await api.markAll(state)
        } else if (one.kind === 'cut') who?.client.reconnect('test')
        else if (one.kind === 'leave') {
          // The page goes elsewhere within the application, and comes back.
          const leave = who?.inbox.subscribe(() => {})
          leave?.()
        } else if (one.kind === 'older') await who?.inbox.loadMore()
        else if (one.kind === 'role') roles[me] = { roles: 'roles' in (roles[me] ?? {}) ? [] : ['ops'] }
        else {
          const path = `/v1/notifications/${id}`
          if (one.kind === 'change') await boss.api.call('PATCH', path, { body: { title: 'new' } }).catch(() => {})
          else if (one.kind === 'retract') await boss.api.call('DELETE', path).catch(() => {})
          else await api.claim(id ?? '').catch(() => {})
        }
      }
      const { items, counts } = await truth(me)
      for (const { inbox } of devices) {
        await live(inbox)
        await expect.poll(() => inbox.get().counts).toEqual(counts)
        const known = inbox.get().items
        await expect.poll(() => inbox.get().items).toEqual(items.slice(0, inbox.get().items.length))
        if (!inbox.get().hasMore) expect(known).toHaveLength(items.length)
        while (inbox.get().hasMore) await inbox.loadMore()
        expect(inbox.get().items).toEqual(items)
      }
      for (const list of told) expect(new Set(list).size).toBe(list.length)
      for (const client of clients.splice(0)) client.close()
    }),
    { numRuns: 20 },
  )
})
