import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RunLab } from './runs-lab.ts'
import type { OpenedStore, StoreHost } from './store-host.ts'

/** What every store promises of tickets. */
export function ticketsSuite(open: (host: StoreHost) => Promise<OpenedStore>): void {
  describe('tickets', () => {
    let lab: RunLab
    let until: number
    beforeEach(async () => {
      lab = new RunLab(open)
      await lab.open()
      until = lab.clock.now() + 30_000
    })
    afterEach(() => lab.close())

    it('has one secret, the same for every caller and after opening again', async () => {
      const secrets = await Promise.all([1, 2, 3].map(() => lab.store.tickets.secret()))
      expect(new Set(secrets).size).toBe(1)
      expect(Buffer.from(secrets[0] ?? '', 'base64url')).toHaveLength(32)
      await lab.reopen()
      expect(await lab.store.tickets.secret()).toBe(secrets[0])
    })

    it('lets a ticket be used once, also by callers of the same moment and after opening again', async () => {
      const { tickets } = lab.store
      const uses = await Promise.all(Array.from({ length: 20 }, () => tickets.use('a', until)))
      expect(uses.filter((isFirst) => isFirst)).toHaveLength(1)
      expect(await tickets.use('b', until)).toBe(true)
      await lab.reopen()
      expect(await lab.store.tickets.use('a', until)).toBe(false)
      expect(await lab.store.tickets.use('c', until)).toBe(true)
    })

    it('remembers a use until its time, a clock that is minutes ahead notwithstanding, and forgets it at last', async () => {
      const { tickets } = lab.store
      await tickets.use('a', until)
      lab.clock.advance(30 * 60_000)
      expect(await tickets.use('b', until)).toBe(true)
      expect(await tickets.use('a', until)).toBe(false)
      lab.clock.advance(2 * 3_600_000)
      expect(await tickets.use('c', until)).toBe(true)
      expect(await tickets.use('a', until)).toBe(true)
    })

    it('keeps rights until the latest time that was said', async () => {
      const { tickets } = lab.store
      await tickets.keep('r', '{"a":1}', until)
      await tickets.keep('r', '{"a":1}', until + 7_200_000)
      await tickets.keep('r', '{"a":1}', until - 1_000)
      lab.clock.advance(7_200_000)
      await tickets.keep('s', '{}', until)
      expect(await tickets.rights('r')).toBe('{"a":1}')
      lab.clock.advance(7_200_000)
      await tickets.keep('t', '{}', until)
      expect(await tickets.rights('r')).toBeUndefined()
      expect(await tickets.rights('none')).toBeUndefined()
    })
  })
}
