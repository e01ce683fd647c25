import type { NoticePreferences } from '@monofil/protocol'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { NoticeLab, seen } from './notices-lab.ts'
import type { OpenedStore, StoreHost } from './store-host.ts'

const QUIET: NoticePreferences = { language: null, mute: [], quietHours: null, digest: null }

/** The queue: deliveries, receipts, preferences, digests, retention, and why somebody did not get something. */
export function noticesQueueSuite(open: (host: StoreHost) => Promise<OpenedStore>): void {
  describe('the queue of notifications', () => {
    let lab: NoticeLab
    beforeEach(async () => {
      lab = new NoticeLab(open)
      await lab.open()
    })
    afterEach(() => lab.close())
    const trace = async (id: string, user: string) => (await lab.notices.trace(id, { user, limit: 1 })).items[0]

    it('knows a delivery by its receipt, and by the inbox where none comes in time', async () => {
      await lab.send('a', { to: { users: ['ann', 'bob'] } })
      expect(await lab.notices.status()).toMatchObject({
        sending: 1,
        oldestAgeMs: 0,
        channels: { live: { pending: 2 } },
      })
      expect(await lab.notices.receive('ann', ['a', 'none'])).toBe(1)
      expect(await lab.notices.receive('ann', ['a'])).toBe(0)
      expect(await lab.notices.sweep()).toBe(5_000)
      await lab.sweepAfter(9_999)
      expect(await trace('a', 'bob')).toMatchObject({ live: { state: 'pending' } })
      await lab.sweepAfter(1)
      expect(await trace('a', 'bob')).toMatchObject({ live: { state: 'inboxed' }, push: null, outcome: 'inbox' })
      expect(await trace('a', 'ann')).toMatchObject({ live: { state: 'sent' }, rule: 'named' })
      expect(await lab.notices.get('a')).toMatchObject({
        status: 'sent',
        deliveries: { live: { pending: 0, sent: 1, inboxed: 1 } },
      })
      expect(await lab.notices.receive('bob', ['a'])).toBe(1)
      expect(await lab.notices.get('a')).toMatchObject({ deliveries: { live: { sent: 2, inboxed: 0 } } })
      expect(await lab.ids('bob')).toEqual(['a'])
    })

    it('tells how old the oldest is that is due: what waits for its own time does not wait for us', async () => {
      await lab.send('later', { sendAt: lab.clock.now() + 60_000, to: { users: ['ann'] } })
      const age = async () => (await lab.notices.status()).oldestAgeMs
      lab.clock.advance(30_000)
      expect(await age()).toBeNull()
      expect(await lab.notices.status()).toMatchObject({ pending: 1 })
      lab.clock.advance(35_000)
      expect(await age()).toBe(5_000)
      await lab.send('now', { to: { users: ['ann'] } })
      expect(await age()).toBe(5_000)
    })

    it('lists by status, and pages', async () => {
      for (const id of ['a', 'b', 'c']) await lab.send(id)
      await lab.notices.receive('ann', ['b'])
      const ids = async (status?: 'sent' | 'sending') => {
        const page = await lab.notices.list({ ...(status === undefined ? {} : { status: [status] }), limit: 200 })
        return page.items.map(({ id }) => id)
      }
      expect([await ids(), await ids('sent'), await ids('sending')]).toEqual([['c', 'b', 'a'], ['b'], ['c', 'a']])
      const first = await lab.notices.list({ limit: 2 })
      const second = await lab.notices.list({ limit: 2, cursor: first.nextCursor ?? '' })
      expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(['c', 'b', 'a'])
    })

    it('says why: a muted module, a silent channel, quiet hours, a role that was lost', async () => {
      const mute = [{ module: 'ads' }, { severity: 'info', channels: ['live'] }] as const
      const quietHours = { from: '23:00', to: '01:00', timezone: 'UTC' }
      await lab.notices.setPreferences('ann', { ...QUIET, mute })
      await lab.notices.setPreferences('bob', { ...QUIET, quietHours })
      await lab.notices.meet([seen('ann'), seen('bob'), seen('eve', 'ops')])
      await lab.send('ad', { to: { all: true }, module: 'ads' })
      await lab.send('info', { to: { all: true } })
      await lab.send('fire', { to: { all: true }, severity: 'critical' })
      await lab.send('ops', { to: { roles: ['ops'] } })
      await lab.notices.meet([seen('eve')])
      expect(await lab.ids('ann')).toEqual(['fire', 'info'])
      expect(await trace('ad', 'ann')).toMatchObject({ outcome: 'muted', live: { state: 'skipped' }, rule: 'everyone' })
      expect((await lab.items('ann')).map(({ quiet }) => quiet)).toEqual([null, 'muted'])
      expect((await lab.items('bob')).map(({ quiet }) => quiet)).toEqual([null, 'quiet_hours', 'quiet_hours'])
      expect(await trace('ops', 'eve')).toMatchObject({ outcome: 'hidden' })
      expect((await lab.notices.trace('ops', { user: 'ann', limit: 1 })).items).toEqual([])
      await expect(lab.notices.trace('none', { limit: 1 })).rejects.toMatchObject({ code: 'not_found' })
      lab.clock.advance(3_600_000)
      await lab.send('later', { to: { users: ['bob'] } })
      expect((await lab.items('bob'))[0]?.quiet).toBeNull()
    })

    it('lets go of all that is too old as fast as it comes, and forgets it', async () => {
      const users = Array.from({ length: 250 }, (_, i) => `u${i}`)
      for (const user of users) await lab.send(`of ${user}`.replace(' ', '-'), { to: { users: [user] } })
      lab.clock.advance(90 * 86_400_000 + 1)
      // None of them waits for the next look, 5 s later.
      while ((await lab.notices.sweep()) < 5_000) {
        // Some at a time.
      }
      expect(await lab.ids('u249')).toEqual([])
      await lab.notices.trim()
      expect((await lab.notices.list({ limit: 1 })).items).toEqual([])
      expect(await lab.notices.get('of-u249')).toBeUndefined()
      for (const user of ['u0', 'u99', 'u100', 'u249']) expect(await lab.log(user)).toHaveLength(1)
    })

    it('forgets what a full inbox let go of a week ago, unless others have it or may come to it', async () => {
      await lab.notices.meet([seen('ann', 'ops'), seen('bob')])
      await lab.send('both', { to: { users: ['ann', 'bob'] } })
      await lab.send('ops', { to: { roles: ['ops'] } })
      for (let i = 0; i < 1_001; i += 1) await lab.send(`n${i}`)
      expect((await lab.ids('ann')).at(-1)).toBe('n1')
      lab.clock.advance(7 * 86_400_000 + 1)
      await lab.notices.trim()
      expect(await lab.notices.get('n0')).toBeUndefined()
      expect([await lab.ids('bob'), (await lab.notices.get('ops'))?.ended]).toEqual([['both'], null])
      expect(await lab.notices.get('both')).toMatchObject({ recipients: 2, ended: null })
      await lab.notices.meet([seen('eve', 'ops')])
      expect(await lab.ids('eve')).toEqual(['ops'])
      expect(await lab.ids('ann')).toHaveLength(1_000)
    })

    it('forgets people who have not been here for as long as an inbox keeps, and who never were', async () => {
      await lab.notices.meet([seen('gone', 'ops'), seen('picky'), seen('ann', 'ops')])
      await lab.notices.setPreferences('picky', { ...QUIET, language: 'fr' })
      await lab.send('a', { to: { users: ['named', 'gone'] } })
      lab.clock.advance(89 * 86_400_000)
      await lab.notices.meet([seen('ann', 'ops')])
      await lab.sweepAfter(2 * 86_400_000)
      // The notice and what became of it first, then who has nothing any more.
      expect(await lab.notices.trim()).toBe(2 + 1 + 2 + 2)
      lab.clock.advance(3_600_000)
      expect(await lab.notices.trim()).toBe(0)
      expect(await lab.notices.preferences('picky')).toMatchObject({ language: 'fr' })
      await lab.send('b', { to: { roles: ['ops'] } })
      expect([await lab.ids('ann'), await lab.ids('gone')]).toEqual([['b'], []])
      await lab.notices.meet([seen('gone', 'ops')])
      expect(await lab.ids('gone')).toEqual(['b'])
      // Their log goes on where it was: a cursor from before is still true.
      expect(await lab.notices.counts('gone')).toMatchObject({ unread: 1, version: 3 })
    })

    it('knows at once of many who said what they want', async () => {
      await lab.notices.meet([seen('ann'), seen('bob')])
      await lab.notices.setPreferences('ann', { ...QUIET, language: 'fr' })
      await lab.notices.setPreferences("o'neil", QUIET)
      const known = await lab.notices.preferencesOf(['bob', 'ann', 'nobody', "o'neil"])
      expect(known.map(({ sub, preferences }) => [sub, preferences.language])).toEqual([
        ['ann', 'fr'],
        ["o'neil", null],
      ])
      expect(await lab.notices.preferencesOf([])).toEqual([])
    })

    it('gathers a burst into one', async () => {
      await lab.notices.setPreferences('ann', { ...QUIET, digest: { after: 2, windowMs: 60_000 } })
      for (let i = 0; i < 5; i += 1) await lab.send(`n${i}`, { module: 'orders' })
      await lab.send('other', { module: 'news' })
      await lab.send('fire', { module: 'orders', severity: 'critical' })
      const quiet = (await lab.items('ann')).map((item) => item.quiet)
      expect(quiet).toEqual([null, null, 'digest', 'digest', 'digest', null, null])
      await lab.sweepAfter(59_999)
      expect(await lab.ids('ann')).toHaveLength(7)
      await lab.sweepAfter(1)
      const [digest] = await lab.items('ann')
      expect(digest).toMatchObject({
        title: '3 more notifications · orders',
        quiet: null,
        data: { digest: { count: 3 } },
      })
      await lab.sweepAfter(60_000)
      expect(await lab.ids('ann')).toHaveLength(8)
    })

    it('forgets what is old: an inbox its oldest, the queue what ended', async () => {
      for (let i = 0; i < 1_003; i += 1) await lab.send(`n${i}`)
      const ids = await lab.ids('ann')
      expect([ids.length, ids.at(-1)]).toEqual([1_000, 'n3'])
      expect(await lab.notices.counts('ann')).toMatchObject({ unseen: 1_000, unread: 1_000 })
      await lab.notices.retract('n500')
      expect(await lab.notices.trim()).toBe(0)
      lab.clock.advance(7 * 86_400_000 + 1)
      expect(await lab.notices.trim()).toBeGreaterThan(0)
      expect(await lab.notices.get('n500')).toBeUndefined()
      expect(await lab.notices.list({ status: ['sent'], limit: 1 })).toMatchObject({ items: [] })
      lab.clock.advance(84 * 86_400_000)
      while ((await lab.notices.sweep()) === 0 || (await lab.ids('ann')).length > 0) {
        // Ten at a time.
      }
      expect(await lab.notices.counts('ann')).toMatchObject({ unseen: 0, unread: 0 })
      await lab.notices.trim()
      expect((await lab.notices.list({ limit: 1 })).items).toEqual([])
      expect((await lab.log('ann')).length).toBeLessThanOrEqual(5_000)
    })
  })
}
