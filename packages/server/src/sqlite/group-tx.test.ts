import type { Item, Run } from '@monofil/protocol'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Connection } from './database.ts'
import { GroupTx, type RunReader } from './group-tx.ts'
import { migrate } from './migrations.ts'
import { TopicLog } from './topic-log.ts'

const epoch = 'abcdefgh1234'
let db: Connection
let log: TopicLog

beforeEach(() => {
  db = new Connection(':memory:')
  migrate(db, ':memory:')
  log = new TopicLog(db)
})
afterEach(() => db.close())

/** Items as they are at the end of the group, and the views of runs that were asked for. */
function reader(asked: string[] = []): RunReader {
  return {
    readRun: (_, id) => {
      asked.push(id)
      return { id } as Run
    },
    readItems: (_, runId, step, ids) => ids.map((id) => ({ id, runId, step }) as Item),
  }
}

function group<T>(work: (tx: GroupTx) => T, read = reader()): { tx: GroupTx; value: T; runs: readonly string[] } {
  const tx = new GroupTx(db, log, { now: 1_000, monotonic: 0, epoch, commitSeq: 1 })
  db.exec('BEGIN IMMEDIATE')
  const value = work(tx)
  const runs = [...tx.end(read).keys()]
  db.exec('COMMIT')
  return { tx, value, runs }
}

interface Held {
  readonly offset: number
  readonly type: string
  readonly items: readonly string[] | null
}

function held(topic: string): Held[] {
  const sql = 'SELECT offset, type, data FROM events JOIN topics ON topics.id = topic_id WHERE name = ? ORDER BY offset'
  return db
    .prepare(sql)
    .all(topic)
    .map((row) => {
      const data: unknown = JSON.parse(String(row['data']))
      const items = row['type'] === 'item' ? (data as Item[]).map(({ id }) => id) : null
      return { offset: Number(row['offset']), type: String(row['type']), items }
    })
}

function announced(tx: GroupTx): [string, number, string][] {
  const events: [string, number, string][] = []
  for (let i = 0; i < tx.events.length; i += 4) {
    if (tx.events[i + 3] === '') continue
    events.push([String(tx.events[i]), Number(tx.events[i + 1]), String(tx.events[i + 2])])
  }
  return events
}

describe('item events', () => {
  it('of a huge change are all in the log, and announced up to 4 MiB and as the last of their topics', () => {
    const size = 180_000
    const read: RunReader = {
      ...reader(),
      readItems: (_, runId, step, ids) =>
        ids.map((id) => ({ id, runId, step, input: 'x'.repeat(size) }) as unknown as Item),
    }
    const { tx } = group((open) => {
      for (let i = 1; i <= 40; i++) open.itemChanged('big', 'a', `${i}`, size)
      for (let i = 1; i <= 3; i++) open.itemChanged('late', 'a', `${i}`, size)
      open.append('run:big', 'status', '{}')
    }, read)
    expect(held('run:big').map(({ offset }) => offset)).toEqual(Array.from({ length: 41 }, (_, i) => i + 1))
    expect(held('run:late')).toHaveLength(3)
    const told = announced(tx).map(([topic, offset]) => `${topic} ${offset}`)
    expect(told).toHaveLength(Math.floor((4 * 1024 * 1024) / size) + 2)
    expect(told.slice(-2)).toEqual(['run:late 3', 'run:big 41'])
  })

  it('are one per run and step, at the place of the first change, with each item once', () => {
    const { value, tx } = group((open) => [
      open.itemChanged('r', 'a', '1', 10),
      open.append('run:r', 'step', '{}'),
      open.itemChanged('r', 'b', '1', 10),
      open.itemChanged('r', 'a', '2', 10),
      open.itemChanged('r', 'a', '1', 10),
    ])
    expect(value).toEqual([1, 2, 3, 1, 1])
    expect(held('run:r')).toEqual([
      { offset: 1, type: 'item', items: ['1', '2'] },
      { offset: 2, type: 'step', items: null },
      { offset: 3, type: 'item', items: ['1'] },
    ])
    expect(announced(tx).map(([, offset, type]) => [offset, type])).toEqual([
      [1, 'item'],
      [2, 'step'],
      [3, 'item'],
    ])
  })

  it('show what was said of an item last, and read the rows of the others', () => {
    const asked: (readonly string[])[] = []
    const read: RunReader = {
      ...reader(),
      readItems: (_, runId, step, ids) => {
        asked.push(ids)
        return ids.map((id) => ({ id, runId, step, status: 'cancelled' }) as Item)
      },
    }
    const change = (tx: GroupTx, id: string, status?: string): void => {
      tx.itemChanged('r', 'a', id, 10)
      if (status !== undefined) tx.itemShown('r', 'a', id, JSON.stringify({ id, status }))
    }
    group((tx) => {
      change(tx, '1', 'running')
      change(tx, '2', 'running')
      change(tx, '1', 'completed')
      // Changed with many others: nothing is said of it.
      change(tx, '2')
    }, read)
    const row = db.prepare("SELECT data FROM events JOIN topics ON topics.id = topic_id WHERE name = 'run:r'").get()
    const shown = (JSON.parse(String(row?.['data'])) as Item[]).map(({ id, status }) => [id, status])
    expect([shown, asked]).toEqual([
      [
        ['1', 'completed'],
        ['2', 'cancelled'],
      ],
      [['2']],
    ])
  })

  it('split at 500 items and at 200 kB', () => {
    group((tx) => {
      for (let i = 0; i < 1_001; i++) tx.itemChanged('many', 'a', String(i), 0)
      for (let i = 0; i < 5; i++) tx.itemChanged('large', 'a', String(i), 90_000)
    })
    expect(held('run:many').map(({ items }) => items?.length)).toEqual([500, 500, 1])
    expect(held('run:large').map(({ items }) => items?.length)).toEqual([2, 2, 1])
  })

  it('come before what is appended after a seal, and open anew after it', () => {
    const { value } = group((tx) => {
      const before = tx.itemChanged('r', 'a', '1', 10)
      tx.sealItems('r')
      const end = tx.append('run:r', 'complete', '{}')
      return [before, end, tx.itemChanged('r', 'a', '1', 10)]
    })
    expect(value).toEqual([1, 2, 3])
    expect(held('run:r').map(({ type }) => type)).toEqual(['item', 'complete', 'item'])
  })
})

describe('runs', () => {
  it('that changed are read once each, at the end', () => {
    const asked: string[] = []
    const { runs } = group((tx) => {
      for (const id of ['a', 'b', 'a']) tx.runChanged(id)
    }, reader(asked))
    expect([asked, runs]).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ])
  })

  it('that are removed take their log with them, also what the same group wrote', () => {
    group((tx) => tx.append('run:r', 'status', '{}'))
    const { tx, runs } = group((open) => {
      open.itemChanged('r', 'a', '1', 10)
      open.itemChanged('q', 'a', '1', 10)
      open.runChanged('r')
      open.runRemoved('r')
    })
    expect(runs).toEqual([])
    expect([...tx.removedRuns]).toEqual(['r'])
    expect(announced(tx)).toEqual([['run:q', 1, 'item']])
    expect(held('run:r')).toEqual([])
    expect(group((open) => open.append('run:r', 'status', '{}')).value).toBe(1)
  })
})

it('leaves logs without holes whatever commands do', () => {
  const topic = fc.constantFrom('r', 's')
  const step = fc.constantFrom('a', 'b')
  const item = fc.integer({ min: 1, max: 4 }).map(String)
  const action = fc.oneof(
    fc.record({ kind: fc.constant('append' as const), topic }),
    fc.record({ kind: fc.constant('item' as const), topic, step, item, bytes: fc.constantFrom(10, 90_000) }),
    fc.record({ kind: fc.constant('seal' as const), topic }),
  )
  const offsets = new Map<string, number>()
  fc.assert(
    fc.property(fc.array(fc.array(action, { maxLength: 30 }), { maxLength: 6 }), (groups) => {
      for (const actions of groups) {
        const wanted = new Map<string, number>()
        const { tx } = group((open) => {
          for (const one of actions) {
            const { topic: runId } = one
            if (one.kind === 'append') open.append(`run:${runId}`, 'log', '{}')
            else if (one.kind === 'seal') open.sealItems(runId)
            else wanted.set(`${runId}/${one.step}/${one.item}`, open.itemChanged(runId, one.step, one.item, one.bytes))
          }
        })
        for (const [name, offset] of announced(tx)) {
          expect(offset).toBe((offsets.get(name) ?? 0) + 1)
          offsets.set(name, offset)
        }
        for (const [key, offset] of wanted) {
          const [runId = '', , id = ''] = key.split('/')
          expect(held(`run:${runId}`).find((event) => event.offset === offset)?.items).toContain(id)
        }
      }
      for (const [name, head] of offsets) {
        expect(held(name).map(({ offset }) => offset)).toEqual(Array.from({ length: head }, (_, i) => i + 1))
      }
    }),
    { numRuns: 50 },
  )
})
