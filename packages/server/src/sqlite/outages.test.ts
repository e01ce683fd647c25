import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Connection, openWriter } from './database.ts'
import { type GroupAnswer, runGroup } from './group.ts'
import { migrate } from './migrations.ts'
import { Outages } from './outages.ts'
import { TopicLog } from './topic-log.ts'

let dir: string
let db: Connection
let outages: Outages
let now: number

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'monofil-outages-'))
  db = openWriter(join(dir, 'monofil.db'), 'normal')
  migrate(db, 'monofil.db')
  db.exec('PRAGMA foreign_keys = OFF')
  db.exec("INSERT INTO leases (fence, item, worker, until) VALUES (1, 1, 'w1', 1500)")
  outages = new Outages(db)
  now = 1_000
})
afterEach(() => {
  db.close()
  rmSync(dir, { recursive: true })
})

/** Publishes something large, as the writer does it. */
function publish(): readonly GroupAnswer[] {
  const host = { db, log: new TopicLog(db), epoch: 'abcdefgh1234', commitSeq: 0, committed: () => {} }
  outages.makeUp(now)
  const calls = ['log.append', ['t', 'note', JSON.stringify('x'.repeat(50_000)), null]]
  const answers = runGroup(host, { now, monotonic: now, calls })
  outages.note(answers, now)
  return answers
}

function setRoom(pages: number): void {
  const used = Number(db.prepare('PRAGMA page_count').get()?.['page_count'])
  db.exec(`PRAGMA max_page_count = ${used + pages}`)
}

const until = (): unknown => db.prepare('SELECT until FROM leases').get()?.['until']

it('a lease lasts as much longer as nothing could be written', () => {
  setRoom(0)
  expect(publish()[0]?.refused[0]?.error.code).toBe('store_full')
  now = 30_000
  publish()
  setRoom(1_000)
  now = 61_000
  expect(publish()[0]?.refused).toEqual([])
  expect(until()).toBe(1_500 + 60_000)
})

it('no lease lasts longer while all is well, or for what is only wrong', () => {
  const host = { db, log: new TopicLog(db), epoch: 'abcdefgh1234', commitSeq: 0, committed: () => {} }
  outages.note(runGroup(host, { now, monotonic: now, calls: ['runs.remove', 'nope'] }), now)
  now = 5_000
  publish()
  expect(until()).toBe(1_500)
})
