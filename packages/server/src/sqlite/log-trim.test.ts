import { afterEach, beforeEach, expect, it } from 'vitest'
import { logTrim, trimCandidates } from './commands/log-trim.ts'
import { Connection } from './database.ts'
import { GroupTx } from './group-tx.ts'
import { migrate } from './migrations.ts'
import { TopicLog } from './topic-log.ts'

const KEEP_ALL = { before: 0, maxCount: 1e9, maxBytes: 1e12 }
let db: Connection
let log: TopicLog

beforeEach(() => {
  db = new Connection(':memory:')
  migrate(db, ':memory:')
  log = new TopicLog(db)
})
afterEach(() => db.close())

function group<T>(work: (tx: GroupTx) => T): T {
  const tx = new GroupTx(db, log, { now: 1_000, monotonic: 0, epoch: 'abcdefgh', commitSeq: 1 })
  db.exec('BEGIN IMMEDIATE')
  const value = work(tx)
  tx.end({ readRun: () => undefined, readItems: () => [] })
  db.exec('COMMIT')
  return value
}

function fill(topic: string, count: number): void {
  group((tx) => {
    for (let i = 0; i < count; i++) tx.append(topic, 'note', '1')
  })
}

function rows(table: 'events' | 'topics'): number {
  return Number(db.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.['n'])
}

it('deletes the log of a removed run in slices, and then its name', () => {
  fill('run:r', 2_500)
  fill('run:other', 3)
  group((tx) => tx.runRemoved('r'))
  expect(rows('events')).toBe(2_503)
  const { topics } = trimCandidates(db, { from: 0, limits: KEEP_ALL })
  expect(topics).toHaveLength(1)
  const left: number[] = []
  for (let more = true; more; ) {
    more = group((tx) => logTrim(tx, { topic: topics[0] ?? '', limits: KEEP_ALL })).more
    left.push(rows('events'))
  }
  expect(left).toEqual([1_503, 503, 3])
  expect(rows('topics')).toBe(1)
  expect(trimCandidates(db, { from: 0, limits: KEEP_ALL }).topics).toEqual([])
})

it('looks at a part of the topics at a time', () => {
  group((tx) => {
    for (let i = 0; i < 7_000; i++) tx.append(`t/${i}`, 'note', '1')
  })
  const limits = { ...KEEP_ALL, maxCount: 0 }
  const first = trimCandidates(db, { from: 0, limits })
  const second = trimCandidates(db, { from: first.next ?? 0, limits })
  expect(second.next).toBeNull()
  expect(new Set([...first.topics, ...second.topics]).size).toBe(7_000)
})

it('trims at most a slice per commit', () => {
  fill('t', 2_200)
  const limits = { ...KEEP_ALL, maxCount: 0 }
  const slices = [1, 2, 3, 4].map(() => group((tx) => logTrim(tx, { topic: 't', limits })))
  expect(slices).toEqual([
    { count: 1_000, more: true },
    { count: 1_000, more: true },
    { count: 200, more: false },
    { count: 0, more: false },
  ])
})
