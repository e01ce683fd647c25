import type { LogsPage } from '@monofil/client'
import type { LogLine } from '@monofil/protocol'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  beginLines,
  EVERY_LINE,
  fitsFilter,
  isHole,
  type LogFilter,
  withLive,
  withMissed,
  withOlder,
} from './log-lines.ts'

const line = (offset: number | null, more: Partial<LogLine> = {}): LogLine => ({
  level: 'info',
  message: `line ${offset}`,
  step: 's',
  item: null,
  at: '2026-01-01T00:00:00.000Z',
  offset,
  ...more,
})
const page = (items: readonly LogLine[], more: Partial<LogsPage> = {}): LogsPage => ({
  items,
  nextCursor: null,
  newest: 'l9',
  cut: 0,
  ...more,
})

it('shows each line once and in order, wherever page and stream overlap', () => {
  fc.assert(
    fc.property(fc.nat({ max: 39 }), fc.nat({ max: 39 }), fc.nat({ max: 40 }), (a, b, c) => {
      const written = Array.from({ length: 40 }, (_, i) => line(2 * i + 1))
      const [from = 0, at = 0] = [Math.min(a, b), Math.max(a, b) + 1]
      // A page of the newest at one moment, older ones later, and a stream that began before it.
      let known = beginLines(page(written.slice(from, at).reverse(), { nextCursor: 'l1' }))
      known = withLive(known, written.slice(Math.min(c, at)), EVERY_LINE)
      known = withOlder(known, page(written.slice(0, from).reverse()))
      expect(known.lines).toEqual(written)
      expect(known.first + from).toBe(0)
    }),
  )
})

it('reads what the stream left out, and lines after the end that the stream never had', () => {
  const known = withLive(beginLines(page([line(3), line(1)])), [line(5)], EVERY_LINE)
  const after = withMissed(known, page([line(5), line(7), line(null, { message: 'after' })], { newest: 'l12' }))
  expect(after.lines.map(({ message }) => message)).toEqual(['line 1', 'line 3', 'line 5', 'line 7', 'after'])
  expect(after).toMatchObject({ newest: 'l12', upTo: 7 })
  expect(withLive(after, [line(7)], EVERY_LINE)).toBe(after)
})

it('sees where live lines may be missing', () => {
  const known = beginLines(page([line(5)]))
  expect(isHole(known, [line(9), line(10)], 2)).toBe(true)
  expect(isHole(known, [line(9)], 2)).toBe(false)
  expect(isHole(known, [line(5), line(9)], 2)).toBe(false)
})

it.each<[Partial<LogFilter>, boolean]>([
  [{}, true],
  [{ level: 'warn' }, true],
  [{ level: 'error' }, false],
  [{ step: 's', item: 'a' }, true],
  [{ item: 'b' }, false],
  [{ step: 't' }, false],
  [{ q: 'HOT' }, true],
  [{ q: 'cold' }, false],
])('filter %j shows a warning of item a: %s', (filter, shown) => {
  expect(fitsFilter(line(1, { level: 'warn', item: 'a', message: 'too hot' }), { ...EVERY_LINE, ...filter })).toBe(
    shown,
  )
})
