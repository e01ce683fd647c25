import { expect, test } from 'vitest'
import { exportUrl } from './run-export.ts'

const ALL = { status: null, step: '', q: '' }

test('a file has the items that the table shows; a bundle has all', () => {
  expect(exportUrl('a:b', 'csv', ALL, 'en')).toBe('/v1/runs/a%3Ab/export?format=csv')
  const filter = { status: 'failed', step: 'analyse', q: ' été & co ' } as const
  expect(exportUrl('r', 'json', filter, 'en')).toBe(
    '/v1/runs/r/export?format=json&status=failed&step=analyse&q=%C3%A9t%C3%A9+%26+co',
  )
  expect(exportUrl('r', 'pdf', ALL, 'fr')).toBe('/v1/runs/r/export?format=pdf&lang=fr')
  expect(exportUrl('r', 'pdf', ALL, 'en-GB')).toBe('/v1/runs/r/export?format=pdf&lang=en')
  expect(exportUrl('r', 'bundle', filter, 'en')).toBe('/v1/runs/r/bundle')
})
