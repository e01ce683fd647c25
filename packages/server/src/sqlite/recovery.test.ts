import { copyFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Writer } from './writer.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'monofil-recovery-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

const TOPICS = ['a', 'b', 'c']

function open(folder: string): Writer {
  return new Writer({ path: join(folder, 'monofil.db'), ackedPath: join(folder, 'acked'), durability: 'full' })
}

/** Commit `n` appends one event to each topic, so that every topic's head equals the number of commits. */
function write(writer: Writer, commits: number, data = '"x"'): void {
  for (let i = 0; i < commits; i++) {
    const args = TOPICS.flatMap((topic) => [topic, 'note', data, null])
    writer.run({ now: 1_000 + i, monotonic: 0, calls: ['log.append', args] })
    writer.tidy()
  }
}

/** The files as kill -9 leaves them: the writer goes on, the copy knows nothing of it. */
function snapshot(to: string): string {
  const copy = mkdtempSync(join(dir, to))
  for (const file of ['monofil.db', 'monofil.db-wal', 'acked']) copyFileSync(join(dir, file), join(copy, file))
  return copy
}

/** The number of commits whose events are there; fails unless all topics hold 1..n of the same n. */
function consistentHead(folder: string): number {
  const db = new DatabaseSync(join(folder, 'monofil.db'))
  const rows = db
    .prepare(
      `SELECT name, head, (SELECT count(*) FROM events WHERE topic_id = id) AS count,
       (SELECT max(offset) FROM events WHERE topic_id = id) AS top, (SELECT min(offset) FROM events WHERE topic_id = id) AS low
       FROM topics ORDER BY name`,
    )
    .all()
  expect(db.prepare('PRAGMA integrity_check').get()?.['integrity_check']).toBe('ok')
  db.close()
  if (rows.length === 0) return 0
  const heads = rows.map((row) => Number(row['head']))
  expect(rows.map((row) => row['name'])).toEqual(TOPICS)
  expect(new Set(heads).size).toBe(1)
  const [head = 0] = heads
  for (const row of rows) expect([row['count'], row['top'], row['low']]).toEqual([head, head, 1])
  return head
}

/** A repeatable source of numbers below `below` (Park and Miller's generator). */
function numbers(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state * 48_271) % 2_147_483_647
    return state % below
  }
}

function damage(folder: string, next: (below: number) => number, flip: boolean): void {
  const wal = join(folder, 'monofil.db-wal')
  const bytes = readFileSync(wal)
  const at = next(bytes.length)
  if (flip) {
    bytes.writeUInt8((bytes.readUInt8(at) + 1 + next(255)) % 256, at)
    writeFileSync(wal, bytes)
  } else {
    truncateSync(wal, at)
  }
}

describe('a write-ahead log cut or damaged at a random byte', () => {
  it.each([
    { name: 'never copied', commits: 40, data: '"x"' },
    { name: 'after checkpoints', commits: 90, data: JSON.stringify('x'.repeat(30_000)) },
  ])('opens with a consistent prefix and says what was lost: $name', { timeout: 120_000 }, ({ commits, data }) => {
    const writer = open(dir)
    write(writer, commits, data)
    const { epoch } = writer.opened
    const next = numbers(commits)
    let losses = 0
    for (let cut = 0; cut < 60; cut++) {
      const copy = snapshot('cut-')
      damage(copy, next, cut % 3 === 2)
      const reopened = open(copy)
      const { opened } = reopened
      expect(opened.lastAcked).toBe(commits)
      expect(opened.lostCommits).toBe(commits - opened.lastCommit)
      expect(opened.epochBefore === opened.epoch).toBe(opened.lostCommits === 0)
      if (opened.lostCommits > 0) losses += 1
      expect([opened.created, opened.epochBefore]).toEqual([false, epoch])
      write(reopened, 1)
      reopened.close()
      expect(consistentHead(copy)).toBe(opened.lastCommit + 1)
      const again = open(copy)
      expect(again.opened).toMatchObject({ lostCommits: 0, epoch: opened.epoch, lastCommit: commits + 1 })
      again.close()
      rmSync(copy, { recursive: true })
    }
    expect(losses).toBeGreaterThan(30)
    writer.close()
  })
})

describe('what was acknowledged', () => {
  it('is all there after a clean end and after kill -9', () => {
    const writer = open(dir)
    write(writer, 10)
    const copy = snapshot('killed-')
    writer.close()
    for (const folder of [dir, copy]) {
      const again = open(folder)
      expect(again.opened).toMatchObject({ created: false, lostCommits: 0, lastCommit: 10, epoch: writer.opened.epoch })
      again.close()
      expect(consistentHead(folder)).toBe(10)
    }
  })

  it('is missed when an older database is put back: new epoch, commits counted on, fences leap', () => {
    const writer = open(dir)
    write(writer, 3)
    writer.close()
    copyFileSync(join(dir, 'monofil.db'), join(dir, 'backup'))
    const later = open(dir)
    write(later, 4)
    later.close()
    copyFileSync(join(dir, 'backup'), join(dir, 'monofil.db'))
    const restored = open(dir)
    expect(restored.opened).toMatchObject({ lostCommits: 4, lastCommit: 3, lastAcked: 7 })
    expect(restored.opened.epoch).not.toBe(writer.opened.epoch)
    const [answer] = restored.run({ now: 1, monotonic: 0, calls: ['log.append', ['a', 'note', '1', null]] })
    expect(answer?.commit?.seq).toBe(8)
    restored.close()
    const db = new DatabaseSync(join(dir, 'monofil.db'))
    expect(Number(db.prepare("SELECT value FROM meta WHERE key = 'fence'").get()?.['value'])).toBeGreaterThanOrEqual(
      1e9,
    )
    db.close()
  })

  it('is taken from the database where the side file is missing or not ours', () => {
    write(open(dir), 2)
    const copy = snapshot('missing-')
    for (const content of ['', 'something else\n']) {
      writeFileSync(join(copy, 'acked'), content)
      const again = open(copy)
      expect(again.opened).toMatchObject({ lostCommits: 0, lastCommit: 2 })
      again.close()
    }
  })
})

it('refuses a log that was cut while it was being copied: pages of two times are no database', () => {
  const writer = open(dir)
  write(writer, 5)
  const copy = snapshot('half-')
  const acked = readFileSync(join(copy, 'acked'), 'utf8')
  writeFileSync(join(copy, 'acked'), acked.replace(/checkpoint \d+/, 'checkpoint 0000000000000005'))
  truncateSync(join(copy, 'monofil.db-wal'), 0)
  expect(() => open(copy)).toThrow(/damaged.*backup/)
  writer.close()
})

it('keeps the log from growing: it is copied and begun anew', () => {
  const writer = open(dir)
  write(writer, 300, JSON.stringify('x'.repeat(30_000)))
  expect(readFileSync(join(dir, 'monofil.db-wal')).length).toBeLessThan(12_000_000)
  expect(readFileSync(join(dir, 'monofil.db')).length).toBeGreaterThan(20_000_000)
  writer.close()
  expect(consistentHead(dir)).toBe(300)
})
