import { describe, expect, it } from 'vitest'
import { newEvent, newRun, openStream, patchStream, report, reports } from './index.ts'

const path = (result: { success: boolean; error?: { issues: { path: PropertyKey[] }[] } }): string =>
  result.error?.issues[0]?.path.join('.') ?? ''

describe('new events', () => {
  const good = { topic: 'orders', type: 'created', data: { a: [1, null, 'x'] } }
  it('are accepted with any JSON as data', () => {
    for (const data of [null, 0, '', false, [], {}, 'a\r\nb\u2028\0']) {
      expect(newEvent.safeParse({ ...good, data }).success).toBe(true)
    }
  })
  it('are refused by field', () => {
    for (const [field, value] of Object.entries({ topic: 'a b', type: 'a\nb', id: 'a/b', ephemeral: 'yes' })) {
      expect(path(newEvent.safeParse({ ...good, [field]: value })), field).toBe(field)
    }
    expect(newEvent.safeParse({ topic: 'a', type: 'b' }).success).toBe(false)
    expect(newEvent.safeParse({ ...good, extra: 1 }).success).toBe(false)
  })
})

describe('runs', () => {
  it('take every field of the protocol', () => {
    const body = {
      id: 'r1',
      workflow: 'photos',
      input: { a: 1 },
      external: true,
      exclusive: true,
      total: 5,
      heartbeatMs: 5000,
      steps: [{ name: 'main', weight: 2, total: 5 }],
      tags: ['a b'],
      roles: ['ops'],
      key: 'k 1',
      budget: { tokens: 1, cost: '0.000001', items: 2, timeMs: 3 },
    }
    expect(newRun.parse(body)).toEqual(body)
  })
  it.each([
    ['id', 'status'],
    ['workflow', 'a b'],
    ['tags', ['a\nb']],
    ['roles', ['']],
    ['key', '\0'],
    ['total', -1],
    ['heartbeatMs', 1],
    ['steps', [{ name: 'é' }]],
    ['budget', { cost: '1.1234567' }],
    ['external', 1],
  ])('refuse a bad %s', (field, value) => {
    expect(path(newRun.safeParse({ workflow: 'w', [field]: value })).split('.')[0]).toBe(field)
  })
})

describe('reports', () => {
  it('take logs and errors short and long', () => {
    for (const error of ['boom', { code: 'quota', message: 'none left' }])
      expect(report.safeParse({ id: '1', error }).success).toBe(true)
    for (const log of ['hi', { level: 'warn', message: 'hi', data: [1] }])
      expect(report.safeParse({ id: '1', log }).success).toBe(true)
  })
  it('come one to a thousand at a time', () => {
    expect(reports.safeParse({ reports: [] }).success).toBe(false)
    expect(reports.safeParse({ reports: Array.from({ length: 1001 }, (_, i) => ({ id: `r${i}` })) }).success).toBe(
      false,
    )
  })
})

describe('streams', () => {
  it('leave bad topics to be denied one by one, but not the shape', () => {
    expect(openStream.safeParse({ topics: [{ topic: 'a b' }, { topic: 'c', cursor: '0' }] }).success).toBe(true)
    expect(openStream.safeParse({ topics: ['a'] }).success).toBe(false)
    expect(openStream.safeParse({ topics: [], marker: 'a\nb' }).success).toBe(false)
    expect(patchStream.safeParse({ seq: 0 }).success).toBe(false)
    expect(patchStream.safeParse({ seq: 1, subscribe: [{ topic: 'a' }], unsubscribe: ['b'] }).success).toBe(true)
  })
})
