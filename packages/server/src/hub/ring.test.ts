import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { LoggedEvent } from '../seams/commit.ts'
import { sizeOf } from './frames.ts'
import { Ring } from './ring.ts'

const eventAt = (offset: number, bytes: number): LoggedEvent => ({
  topic: 't',
  epoch: 'epoch000',
  offset,
  type: 'x',
  dataJson: 'x'.repeat(bytes),
  at: '',
})
const offsetsOf = (events: readonly LoggedEvent[]): number[] => events.map((event) => event.offset)

test('a ring holds the newest events without holes, within its bounds, and counts its bytes', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 400 }), { maxLength: 120 }), fc.nat({ max: 130 }), (sizes, after) => {
      const budget = { used: 0 }
      const ring = new Ring(budget, 16, 3_000)
      for (const [index, bytes] of sizes.entries()) ring.append(eventAt(index + 1, bytes))
      const head = sizes.length
      const held = ring.slice(0, head, Number.POSITIVE_INFINITY)
      if (ring.covers(0)) expect(offsetsOf(held)).toEqual(Array.from({ length: head }, (_, i) => i + 1))
      expect(budget.used).toBeLessThanOrEqual(3_000)
      if (ring.covers(after) && after < head) {
        const slice = ring.slice(after, head, Number.POSITIVE_INFINITY)
        expect(offsetsOf(slice)).toEqual(Array.from({ length: head - after }, (_, i) => after + 1 + i))
        expect(slice.length).toBeLessThanOrEqual(17)
        expect(ring.slice(after, after + 1, 0)).toHaveLength(1)
      }
      ring.clear()
      expect(budget.used).toBe(0)
    }),
  )
})

test('a page in front is taken only where it fits without a hole', () => {
  const budget = { used: 0 }
  const ring = new Ring(budget, 8, 10_000)
  ring.prime([eventAt(1, 1), eventAt(2, 1)])
  ring.append(eventAt(3, 1))
  expect(offsetsOf(ring.slice(0, 3, 1e9))).toEqual([1, 2, 3])
  const other = new Ring(budget, 8, 10_000)
  other.append(eventAt(9, 1))
  other.prime([eventAt(1, 1), eventAt(2, 1)])
  expect(other.covers(7)).toBe(false)
  other.prime(Array.from({ length: 8 }, (_, i) => eventAt(i + 1, 1)))
  expect([other.covers(1), other.covers(0)]).toEqual([true, false])
  expect(budget.used).toBe(
    [...ring.slice(0, 3, 1e9), ...other.slice(1, 9, 1e9)].reduce((sum, event) => sum + sizeOf(event), 0),
  )
})
