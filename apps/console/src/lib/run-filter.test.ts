import { RUN_STATUSES } from '@monofil/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EVERY_RUN, isEmptyFilter, matchesFilter, readFilter, writeFilter } from './run-filter.ts'
import { sampleRun } from './samples.ts'

const times = fc.oneof(
  fc.constant(''),
  fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true }).map((time) => time.toISOString()),
)
const filters = fc.record({
  status: fc.subarray([...RUN_STATUSES]),
  workflow: fc.string(),
  q: fc.string(),
  tag: fc.string(),
  owner: fc.string(),
  key: fc.string(),
  since: times,
  until: times,
})

describe('a filter in the URL', () => {
  it('comes back as it was written', () => {
    fc.assert(
      fc.property(filters, (filter) => {
        const text = writeFilter(new URLSearchParams(), filter).toString()
        expect(readFilter(new URLSearchParams(text))).toEqual(filter)
      }),
    )
  })

  it('leaves no trace when empty, and nothing else away', () => {
    const params = new URLSearchParams('q=x&theme=dark')
    expect(writeFilter(params, EVERY_RUN).toString()).toBe('theme=dark')
  })

  it('takes an unknown status for none', () => {
    expect(readFilter(new URLSearchParams('status=failed,bogus')).status).toEqual(['failed'])
  })
})

describe('what passes', () => {
  const run = sampleRun({ id: 'r-77', workflow: 'photos', key: 'Berlin', tags: ['Night'], status: 'failed' })
  it.each([
    [{ status: ['failed'] as const }, true],
    [{ status: ['running'] as const }, false],
    [{ workflow: 'photo' }, false],
    [{ workflow: 'photos', q: 'R-7' }, true],
    [{ q: ' berlin ' }, true],
    [{ q: 'night' }, true],
    [{ q: 'day' }, false],
    [{ tag: 'Night', key: 'Berlin', owner: run.owner }, true],
    [{ tag: 'night' }, false],
    [{ owner: 'somebody' }, false],
    [{ since: run.createdAt, until: run.createdAt }, true],
    [{ since: '2026-01-01T00:00:00.001Z' }, false],
    [{ until: '2025-12-31T23:59:59.999Z' }, false],
  ])('%j → %s', (filter, expected) => {
    expect(matchesFilter(run, { ...EVERY_RUN, ...filter })).toBe(expected)
  })
})

it('is empty with nothing but spaces to look for', () => {
  expect(isEmptyFilter({ ...EVERY_RUN, q: '  ' })).toBe(true)
})
