import { RUN_STATUSES } from '@monofil/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isEmptyFilter, matchesFilter, readFilter, writeFilter } from './run-filter.ts'
import { sampleRun } from './samples.ts'

const filters = fc.record({
  status: fc.subarray([...RUN_STATUSES]),
  workflow: fc.string(),
  q: fc.string(),
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
    expect(writeFilter(params, { status: [], workflow: '', q: '' }).toString()).toBe('theme=dark')
  })

  it('takes an unknown status for none', () => {
    expect(readFilter(new URLSearchParams('status=failed,bogus')).status).toEqual(['failed'])
  })
})

describe('what passes', () => {
  const run = sampleRun({ id: 'r-77', workflow: 'photos', key: 'Berlin', tags: ['Night'], status: 'failed' })
  it.each([
    [{ status: ['failed'] as const, workflow: '', q: '' }, true],
    [{ status: ['running'] as const, workflow: '', q: '' }, false],
    [{ status: [], workflow: 'photo', q: '' }, false],
    [{ status: [], workflow: 'photos', q: 'R-7' }, true],
    [{ status: [], workflow: '', q: ' berlin ' }, true],
    [{ status: [], workflow: '', q: 'night' }, true],
    [{ status: [], workflow: '', q: 'day' }, false],
  ])('%j → %s', (filter, expected) => {
    expect(matchesFilter(run, filter)).toBe(expected)
  })
})

it('is empty with nothing but spaces to look for', () => {
  expect(isEmptyFilter({ status: [], workflow: '', q: '  ' })).toBe(true)
})
