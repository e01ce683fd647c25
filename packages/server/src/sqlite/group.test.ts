import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Connection, openWriter } from './database.ts'
import { type GroupAnswer, type GroupHost, runGroup } from './group.ts'
import { migrate } from './migrations.ts'
import { TopicLog } from './topic-log.ts'

let dir: string
let db: Connection
let host: GroupHost
let acknowledged: number[]

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'monofil-group-'))
  db = openWriter(join(dir, 'monofil.db'), 'normal')
  migrate(db, 'monofil.db')
  acknowledged = []
  host = {
    db,
    log: new TopicLog(db),
    epoch: 'abcdefgh1234',
    commitSeq: 0,
    committed: (seq) => acknowledged.push(seq),
  }
})
afterEach(() => {
  db.close()
  rmSync(dir, { recursive: true })
})

function run(...calls: readonly [string, unknown][]): GroupAnswer[] {
  return runGroup(host, { now: 1_000, monotonic: 0, calls: calls.flat() })
}

function append(topic: string, data = '1', type: string | null = 'note'): [string, unknown] {
  return ['log.append', [topic, type, data, null]]
}

function codes(answers: readonly GroupAnswer[]): (string | null)[] {
  return answers.flatMap((part) =>
    part.answers.map((_, i) => part.refused.find(({ index }) => index === i)?.error.code ?? null),
  )
}

function held(topic: string): number[] {
  const sql = 'SELECT offset FROM events JOIN topics ON topics.id = topic_id WHERE name = ? ORDER BY offset'
  return db
    .prepare(sql)
    .all(topic)
    .map((row) => Number(row['offset']))
}

function total(topic: string): { head: number; bytes: number } {
  const row = db.prepare('SELECT head, bytes FROM topics WHERE name = ?').get(topic)
  return { head: Number(row?.['head']), bytes: Number(row?.['bytes']) }
}

describe('a group', () => {
  it('is one commit, whatever number of commands it has', () => {
    const answers = run(...Array.from({ length: 100 }, () => append('t')))
    expect(answers).toHaveLength(1)
    expect(acknowledged).toEqual([1])
    expect(total('t')).toEqual({ head: 100, bytes: 100 })
  })

  it('refuses a command that decided against itself, and only that one', () => {
    const answers = run(append('t'), ['runs.remove', 'nope'], append('t'))
    expect(answers).toHaveLength(1)
    expect(codes(answers)).toEqual([null, 'not_found', null])
    expect(held('t')).toEqual([1, 2])
  })

  it('tries each alone when one fails after it wrote: nothing of the bad one stays', () => {
    const answers = run(append('t'), ['log.append', ['t', 'note', '2', null, 'u', null, '3', null]], append('t'))
    expect(answers).toHaveLength(3)
    expect(codes(answers)).toEqual([null, 'internal', null])
    expect(acknowledged).toEqual([1, 2])
    expect(held('t')).toEqual([1, 2])
    expect(held('u')).toEqual([])
    expect(run(append('u'))[0]?.answers).toEqual([[0, 1]])
  })

  it('makes no commit where nothing was written', () => {
    const answers = run(['runs.remove', 'nope'], ['workflows.register', []])
    expect(answers.map(({ commit }) => commit)).toEqual([null])
    expect(acknowledged).toEqual([])
    expect(db.isTransaction).toBe(false)
  })

  it('names a command that does not exist', () => {
    const [answer] = run(['runs.nope', null])
    expect(answer?.refused[0]?.error).toMatchObject({ code: 'internal', message: expect.stringContaining('runs.nope') })
  })

  it('answers store_full when the disk is full, and goes on when there is room again', () => {
    run(append('t'))
    const pages = Number(db.prepare('PRAGMA page_count').get()?.['page_count'])
    db.exec(`PRAGMA max_page_count = ${pages}`)
    const big = JSON.stringify('x'.repeat(50_000))
    expect(codes(run(append('t', big), append('t'), append('t', big)))).toEqual(['store_full', null, 'store_full'])
    db.exec('PRAGMA max_page_count = 1000000')
    expect(codes(run(append('t', big), append('t', big)))).toEqual([null, null])
    expect(held('t')).toEqual([1, 2, 3, 4])
    expect(total('t')).toEqual({ head: 4, bytes: 2 * big.length + 2 })
  })

  it('refuses all at once while another connection holds the file', () => {
    const other = openWriter(join(dir, 'monofil.db'), 'normal')
    other.exec('BEGIN IMMEDIATE')
    db.exec('PRAGMA busy_timeout = 1')
    expect(codes(run(append('t'), append('t')))).toEqual(['store_unavailable', 'store_unavailable'])
    other.exec('ROLLBACK')
    other.close()
    expect(codes(run(append('t')))).toEqual([null])
    expect(held('t')).toEqual([1])
  })

  it('counts the commit it makes, in the database too', () => {
    run(append('t'))
    run(append('t'))
    const value = db.prepare("SELECT value FROM meta WHERE key = 'commit_seq'").get()?.['value']
    expect([value, host.commitSeq, acknowledged]).toEqual([2, 2, [1, 2]])
  })
})
