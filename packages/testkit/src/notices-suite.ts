import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { NoticeLab, newNotice, seen } from './notices-lab.ts'
import type { OpenedStore, StoreHost } from './store-host.ts'

/** Sending, inboxes, roles, and what becomes of notices after they were sent. */
export function noticesSuite(open: (host: StoreHost) => Promise<OpenedStore>): void {
  describe('notifications', () => {
    let lab: NoticeLab
    beforeEach(async () => {
      lab = new NoticeLab(open)
      await lab.open()
    })
    afterEach(() => lab.close())

    it('are in the inbox and in the log of each user once, in one commit, and there after a restart', async () => {
      const before = lab.commits.length
      expect(await lab.send('a', { to: { users: ['ann', 'bob', 'ann'], except: ['bob'] } })).toBe(true)
      expect(lab.commits.slice(before).map(({ events }) => events.map(({ topic }) => topic))).toEqual([['user:ann']])
      const [item] = await lab.items('ann')
      expect(item).toMatchObject({ id: 'a', title: 'a', via: 'user', claimable: false, readAt: null, sender: 'sender' })
      expect(await lab.ids('bob')).toEqual([])
      expect(await lab.log('ann')).toEqual([
        { type: 'notification', data: { ...item, counts: { unseen: 1, unread: 1, version: 1 } } },
      ])
      await lab.reopen()
      expect(await lab.items('ann')).toEqual([item])
    })

    it('sent again under the same id are not sent; the id of another sender is taken', async () => {
      expect(await lab.send('a')).toBe(true)
      expect(await lab.send('a', { to: { users: ['bob'] } })).toBe(false)
      await expect(lab.send('a', { sender: 'other' })).rejects.toMatchObject({ code: 'id_taken' })
      expect(await lab.ids('ann')).toEqual(['a'])
      expect(await lab.ids('bob')).toEqual([])
      expect(await lab.notices.get('a')).toMatchObject({ duplicates: 1, recipients: 1 })
      const many = Array.from({ length: 10 }, () => lab.send('b'))
      expect((await Promise.all(many)).filter(Boolean)).toHaveLength(1)
    })

    it('go to topics as one event each, without an inbox', async () => {
      await lab.send('a', { to: { topics: ['orders', 'orders', 'news'] }, dataJson: '{"n":1}' })
      const page = await lab.store.log.read({ topic: 'orders', after: 0, limit: 10, maxBytes: 1e6 })
      expect(page.events.map(({ type }) => type)).toEqual(['notification'])
      expect(JSON.parse(page.events[0]?.dataJson ?? '')).toMatchObject({ id: 'a', title: 'a', data: { n: 1 } })
    })

    it('have counts that each mark moves, once, with one event for all tabs', async () => {
      for (const id of ['a', 'b', 'c']) await lab.send(id)
      const mark = (state: 'seen' | 'read' | 'unread' | 'archived', ids: string[] | null) =>
        lab.notices.mark('ann', { state, ids })
      expect(await mark('seen', ['a', 'b'])).toMatchObject({ changed: 2, counts: { unseen: 1, unread: 3, version: 4 } })
      expect(await mark('seen', ['a', 'b'])).toMatchObject({ changed: 0, counts: { unseen: 1, unread: 3, version: 4 } })
      expect(await mark('read', ['c', 'none'])).toMatchObject({
        changed: 1,
        known: 1,
        counts: { unseen: 0, unread: 2 },
      })
      expect(await mark('archived', ['a'])).toMatchObject({ counts: { unread: 1 } })
      expect(await lab.ids('ann')).toEqual(['c', 'b'])
      expect(await lab.ids('ann', 'archived')).toEqual(['a'])
      expect(await lab.ids('ann', 'unread')).toEqual(['b'])
      expect(await mark('unread', ['a', 'c'])).toMatchObject({ changed: 2, counts: { unseen: 0, unread: 3 } })
      expect(await mark('read', null)).toMatchObject({ changed: 3, counts: { unseen: 0, unread: 0, version: 8 } })
      expect((await lab.log('ann')).at(-1)).toMatchObject({ type: 'read', data: { state: 'read', ids: null } })
      expect(await lab.notices.counts('ann')).toEqual({ unseen: 0, unread: 0, version: 8 })
      expect(await lab.notices.mark('nobody', { state: 'read', ids: null })).toMatchObject({ changed: 0 })
    })

    it('to a role reach those seen lately at once, the others when they are met, each once', async () => {
      await lab.notices.meet([seen('ann', 'ops'), seen('bob', 'sales'), seen('old', 'ops')])
      lab.clock.advance(31 * 86_400_000)
      await lab.notices.meet([seen('ann', 'ops'), seen('bob', 'sales')])
      await lab.send('a', { to: { roles: ['ops'], except: ['eve'] } })
      expect(await lab.ids('ann')).toEqual(['a'])
      expect([await lab.ids('old'), await lab.ids('bob')]).toEqual([[], []])
      await lab.notices.meet([seen('old', 'ops'), seen('new', 'ops'), seen('eve', 'ops'), seen('ann', 'ops')])
      expect([await lab.ids('old'), await lab.ids('new'), await lab.ids('eve')]).toEqual([['a'], ['a'], []])
      expect(await lab.ids('ann')).toEqual(['a'])
      await lab.notices.meet([seen('bob', 'sales', 'ops')])
      expect(await lab.ids('bob')).toEqual(['a'])
      expect(await lab.notices.spreadTo('a', ['zoe', 'ann', 'eve'])).toBe(1)
      expect(await lab.ids('zoe')).toEqual(['a'])
    })

    it('to all, a role and a name are one', async () => {
      await lab.notices.meet([seen('ann', 'ops')])
      await lab.send('a', { to: { all: true, roles: ['ops'], users: ['ann'] } })
      expect((await lab.log('ann')).length).toBe(1)
    })

    it('that came by a role are gone with it, words and all, and come back with it', async () => {
      await lab.notices.meet([seen('ann', 'ops')])
      await lab.send('secret', { to: { roles: ['ops'] } })
      await lab.send('named', { to: { roles: ['ops'], users: ['ann'] } })
      await lab.notices.meet([seen('ann')])
      expect(await lab.ids('ann', 'all')).toEqual(['named'])
      expect(await lab.notices.counts('ann')).toMatchObject({ unseen: 1, unread: 1 })
      const log = await lab.log('ann')
      expect(log.at(-1)).toMatchObject({ type: 'removed', data: { ids: ['secret'], reason: 'role' } })
      expect(log[0]).toMatchObject({ type: 'removed', data: { ids: [], counts: { version: 1 } } })
      expect(JSON.stringify(log.slice(0, 1))).not.toContain('secret')
      await expect(lab.notices.claim('ann', 'secret')).rejects.toMatchObject({ code: 'not_found' })
      await lab.notices.meet([seen('ann', 'ops')])
      expect(await lab.ids('ann')).toEqual(['named', 'secret'])
      expect(await lab.notices.counts('ann')).toMatchObject({ unseen: 2, unread: 2 })
    })

    it('listen to the newest credential only', async () => {
      const newest = { sub: 'ann', roles: [], issuedAt: 2_000 }
      expect(await lab.notices.meet([seen('bob', 'ops'), newest])).toEqual([seen('bob', 'ops'), newest])
      expect(await lab.notices.meet([{ sub: 'ann', roles: ['ops'], issuedAt: 1_000 }])).toEqual([newest])
      await lab.send('a', { to: { roles: ['ops'] } })
      expect(await lab.ids('ann')).toEqual([])
    })

    it('are claimed by one, and show as taken to the others', async () => {
      await lab.notices.meet([seen('ann', 'ops'), seen('bob', 'ops')])
      await lab.send('a', { to: { roles: ['ops'] } })
      await lab.send('b')
      const both = ['ann', 'bob'].map((sub) => lab.notices.claim(sub, 'a'))
      const settled = await Promise.allSettled(both)
      expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
      expect(settled[1]).toMatchObject({ reason: { code: 'invalid_state', details: { state: 'claimed' } } })
      expect((await lab.items('bob'))[0]).toMatchObject({ claim: { by: 'ann' }, claimable: false })
      expect((await lab.log('bob')).at(-1)).toMatchObject({ type: 'updated', data: { claim: { by: 'ann' } } })
      expect(await lab.notices.claim('ann', 'a')).toMatchObject({ claim: { by: 'ann' } })
      await expect(lab.notices.claim('ann', 'b')).rejects.toMatchObject({ code: 'invalid_state' })
    })

    it('are changed in place and taken back, out of the logs too', async () => {
      await lab.send('a', { to: { users: ['ann', 'bob'] } })
      await lab.notices.mark('ann', { state: 'read', ids: ['a'] })
      const texts = [{ language: '', title: 'better', message: null, details: null }]
      expect(await lab.notices.update('a', { texts, severity: 'error' })).toMatchObject({ title: 'better' })
      expect((await lab.items('ann'))[0]).toMatchObject({
        title: 'better',
        severity: 'error',
        readAt: expect.any(String),
      })
      expect((await lab.log('ann')).filter(({ data }) => 'title' in data)).toHaveLength(1)
      await lab.notices.retract('a')
      await lab.notices.retract('a')
      expect([await lab.ids('ann', 'all'), await lab.ids('bob', 'all')]).toEqual([[], []])
      expect(await lab.notices.counts('bob')).toMatchObject({ unseen: 0, unread: 0 })
      expect(JSON.stringify(await lab.log('bob'))).not.toContain('better')
      expect(await lab.notices.get('a')).toMatchObject({ ended: 'retracted', status: 'sent' })
      await expect(lab.notices.update('a', { texts })).rejects.toMatchObject({ code: 'invalid_state' })
      await expect(lab.notices.retract('none')).rejects.toMatchObject({ code: 'not_found' })
    })

    it('are sent at their time and gone after it', async () => {
      const sendAt = lab.clock.now() + 60_000
      await lab.send('a', { sendAt, ttlMs: 10_000 })
      expect(await lab.notices.get('a')).toMatchObject({ status: 'pending', sentAt: null })
      await lab.sweepAfter(59_999)
      expect(await lab.ids('ann')).toEqual([])
      await lab.sweepAfter(1)
      expect(await lab.ids('ann')).toEqual(['a'])
      await expect(lab.notices.update('a', { sendAt: 1 })).rejects.toMatchObject({ code: 'invalid_state' })
      await lab.sweepAfter(9_999)
      expect(await lab.ids('ann')).toEqual(['a'])
      await lab.sweepAfter(1)
      expect(await lab.ids('ann')).toEqual([])
      expect((await lab.log('ann')).at(-1)).toMatchObject({ type: 'removed', data: { reason: 'expired' } })
      await lab.send('b', { sendAt: lab.clock.now() + 1_000 })
      await lab.notices.retract('b')
      await lab.sweepAfter(2_000)
      expect(await lab.ids('ann')).toEqual([])
    })

    it('go on in slices until everybody has them, after a restart too, also when they are taken back meanwhile', async () => {
      const users = Array.from({ length: 1_700 }, (_, i) => `u${i}`)
      await lab.notices.meet(users.map((sub) => seen(sub)))
      await lab.send('a', { to: { all: true, except: ['u3'] } })
      expect(await lab.notices.get('a')).toMatchObject({ status: 'sending', recipients: 499 })
      await lab.reopen()
      while ((await lab.notices.sweep()) === 0) {
        // One slice after the other.
      }
      expect(await lab.notices.get('a')).toMatchObject({ recipients: 1_699 })
      expect([await lab.ids('u1699'), await lab.ids('u3')]).toEqual([['a'], []])
      await lab.notices.retract('a')
      while ((await lab.notices.sweep()) === 0) {
        // The same for taking it back.
      }
      expect(await lab.ids('u1699')).toEqual([])
      const sizes = lab.commits.map(({ events }) => events.length)
      expect(Math.max(...sizes)).toBeLessThanOrEqual(1_000)
    })

    it('with much to say go in smaller slices: no commit tells of more than 2 MB', async () => {
      const users = Array.from({ length: 120 }, (_, i) => seen(`u${i}`))
      await lab.notices.meet(users)
      const dataJson = JSON.stringify('x'.repeat(60_000))
      await lab.send('a', { to: { all: true }, dataJson })
      const texts = [{ language: '', title: 'b', message: null, details: null }]
      while ((await lab.notices.sweep()) === 0) {
        // One slice after the other.
      }
      await lab.notices.update('a', { texts })
      while ((await lab.notices.sweep()) === 0) {
        // The change too.
      }
      expect((await lab.items('u119')).map(({ title }) => title)).toEqual(['b'])
      const bytes = lab.commits.map(({ events }) => events.reduce((sum, event) => sum + event.dataJson.length, 0))
      expect(Math.max(...bytes)).toBeLessThan(2_000_000)
      expect(Math.max(...bytes)).toBeGreaterThan(1_000_000)
    })

    it('say in the language that somebody asks for', async () => {
      const text = (language: string, title: string) => ({ language, title, message: null, details: null })
      await lab.notices.setPreferences('bob', { language: 'fr-CA', mute: [], quietHours: null, digest: null })
      const texts = [text('en', 'Hello'), text('fr', 'Bonjour')]
      await lab.notices.send(newNotice('a', { to: { users: ['ann', 'bob'] }, texts }))
      expect([(await lab.items('ann'))[0]?.title, (await lab.items('bob'))[0]?.title]).toEqual(['Hello', 'Bonjour'])
    })
  })
}
