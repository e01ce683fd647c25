import type { Schedule } from '@monofil/protocol'
import { expect, it } from 'vitest'
import { nextOf } from './use-overview.ts'

it('names the five schedules that start something next, and none that is paused or over', () => {
  const schedule = (id: string, nextAt: string | null, status = 'active') => ({ id, nextAt, status }) as Schedule
  const all = [
    schedule('late', '2026-11-23T00:00:00.000Z'),
    schedule('paused', '2026-11-22T00:00:00.000Z', 'paused'),
    schedule('over', null),
    ...[5, 4, 3, 2, 1].map((hour) => schedule(`h${hour}`, `2026-11-22T0${hour}:00:00.000Z`)),
  ]
  expect(nextOf(all).map(({ id }) => id)).toEqual(['h1', 'h2', 'h3', 'h4', 'h5'])
})
