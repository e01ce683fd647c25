import type { NewRevocationRow } from '@monofil/server'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RunLab } from './runs-lab.ts'
import type { OpenedStore, StoreHost } from './store-host.ts'

const KEEP = 60_000

/** What every store promises about revocations. */
export function revocationsSuite(open: (host: StoreHost) => Promise<OpenedStore>): void {
  describe('revocations', () => {
    let lab: RunLab
    beforeEach(async () => {
      lab = new RunLab(open)
      await lab.open()
    })
    afterEach(() => lab.close())
    const add = (facts: Partial<NewRevocationRow> = {}) =>
      lab.store.revocations.add({
        kind: 'sub',
        value: 'a',
        before: lab.clock.now(),
        keepMs: KEEP,
        by: 'boss',
        ...facts,
      })

    it('are announced with their commit, listed newest first, and outlive the process', async () => {
      const a = await add()
      const b = await add({ kind: 'role', value: 'team' })
      const c = await add({ kind: 'jti', value: 't1' })
      expect(a).toMatchObject({ sub: 'a', jti: null, role: null, by: 'boss' })
      expect(lab.commits.flatMap(({ revocations = [] }) => revocations)).toEqual([a, b, c])
      const first = await lab.store.revocations.list({ limit: 2 })
      expect(first.items).toEqual([c, b])
      expect(await lab.store.revocations.list({ limit: 2, cursor: first.nextCursor ?? '' })).toEqual({
        items: [a],
        nextCursor: null,
      })
      await lab.reopen()
      expect((await lab.store.revocations.now()).items).toEqual([a, b, c])
    })

    it('of the same take the place of the first, with the later time', async () => {
      const before = lab.clock.now()
      const first = await add({ before })
      const second = await add({ before: before - 5_000 })
      expect(second.id).not.toBe(first.id)
      expect(second.before).toBe(first.before)
      expect((await lab.store.revocations.now()).items).toEqual([second])
    })

    it('change the version when one is made or taken back, and not otherwise', async () => {
      const { revocations } = lab.store
      const before = await revocations.version()
      const made = await add()
      const after = await revocations.version()
      expect(after).not.toBe(before)
      expect((await revocations.now()).version).toBe(after)
      await revocations.remove(made.id)
      expect(await revocations.version()).not.toBe(after)
      expect((await revocations.now()).items).toEqual([])
      for (const id of [made.id, 'rev-0', 'other']) {
        await expect(revocations.remove(id)).rejects.toMatchObject({ code: 'not_found' })
      }
      await expect(revocations.list({ limit: 1, cursor: 'x' })).rejects.toMatchObject({ code: 'invalid_request' })
    })

    it('go when their time is over', async () => {
      await add()
      lab.clock.advance(KEEP)
      expect((await lab.store.revocations.now()).items).toEqual([])
      expect((await lab.store.revocations.list({ limit: 9 })).items).toEqual([])
      const next = await add({ value: 'b' })
      expect((await lab.store.revocations.now()).items).toEqual([next])
    })
  })
}
