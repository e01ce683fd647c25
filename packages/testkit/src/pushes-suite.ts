import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { NoticeLab, seen } from './notices-lab.ts'
import type { OpenedStore, StoreHost } from './store-host.ts'

const address = (name: string) => ({
  endpoint: `https://push.example/${name}`,
  p256dh: `key of ${name}`,
  auth: 'secret',
  vapidKey: 'hub',
})

/** What every store promises of the browsers that want pushes. */
export function pushesSuite(open: (host: StoreHost) => Promise<OpenedStore>): void {
  describe('browsers that want pushes', () => {
    let lab: NoticeLab
    beforeEach(async () => {
      lab = new NoticeLab(open)
      await lab.open()
    })
    afterEach(() => lab.close())
    const add = (sub: string, name: string, max = 3) => {
      lab.clock.advance(1)
      return lab.store.pushes.add(sub, address(name), max)
    }
    const of = async (sub: string) => (await lab.store.pushes.of(sub)).map(({ endpoint }) => endpoint.slice(21))

    it('has one key pair, the same for every caller and after opening again', async () => {
      const pairs = await Promise.all([1, 2, 3].map(() => lab.store.pushes.keys()))
      expect(new Set(pairs.map((pair) => JSON.stringify(pair))).size).toBe(1)
      const [{ publicKey, privateKey } = { publicKey: '', privateKey: '' }] = pairs
      const point = Buffer.from(publicKey, 'base64url')
      expect([point.length, point[0], Buffer.from(privateKey, 'base64url').length]).toEqual([65, 4, 32])
      await lab.reopen()
      expect(await lab.store.pushes.keys()).toEqual(pairs[0])
    })

    it("keeps each browser once, as the last user's, and of many the last seen", async () => {
      await add('ann', 'a')
      await add('ann', 'b')
      await add('bob', 'a')
      expect([await of('ann'), await of('bob')]).toEqual([['b'], ['a']])
      for (const name of ['c', 'd', 'b', 'e']) await add('ann', name)
      expect(await of('ann')).toEqual(['e', 'b', 'd'])
      await lab.store.pushes.add('ann', address('f'), 1)
      await lab.reopen()
      expect(await lab.store.pushes.of('ann')).toEqual([address('f')])
      expect(await of('bob')).toEqual(['a'])
    })

    it('takes what is said last of a browser', async () => {
      await add('ann', 'a')
      await lab.store.pushes.add('ann', { ...address('a'), vapidKey: 'another', auth: 'new' }, 3)
      expect(await lab.store.pushes.of('ann')).toMatchObject([{ vapidKey: 'another', auth: 'new' }])
    })

    it('forgets those of a user who is revoked, and of who holds a role that is; a browser may subscribe again', async () => {
      await lab.notices.meet([seen('ann'), seen('bob', 'ops'), seen('eve', 'sales'), seen('zoe', 'ops', 'sales')])
      const users = ['ann', 'bob', 'eve', 'zoe']
      for (const sub of users) await add(sub, `of-${sub}`)
      const revoke = (kind: 'sub' | 'role' | 'jti', value: string) =>
        lab.store.revocations.add({ kind, value, before: lab.clock.now(), keepMs: 1_000, by: 'boss' })
      const left = async () => (await Promise.all(users.map(of))).flat()
      await revoke('jti', 'ann')
      expect(await left()).toHaveLength(4)
      await revoke('sub', 'ann')
      expect(await left()).toEqual(['of-bob', 'of-eve', 'of-zoe'])
      await revoke('role', 'ops')
      expect(await left()).toEqual(['of-eve'])
      await add('ann', 'of-ann')
      await lab.reopen()
      expect(await left()).toEqual(['of-ann', 'of-eve'])
    })

    it("forgets a user's own, and nobody else's", async () => {
      await add('ann', 'a')
      await lab.store.pushes.remove('bob', address('a').endpoint)
      expect(await of('ann')).toEqual(['a'])
      await lab.store.pushes.remove('ann', address('a').endpoint)
      await lab.store.pushes.remove('ann', address('a').endpoint)
      expect(await of('ann')).toEqual([])
    })
  })
}
