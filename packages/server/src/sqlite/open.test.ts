import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { networkFileSystem } from './data-folder.ts'
import { openSqliteStore, type SqliteStore } from './index.ts'
import { LOG_SCHEMA } from './schema.ts'
import { RUNS_SCHEMA } from './schema-runs.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'monofil-open-'))
})
afterEach(() => rm(dir, { recursive: true }))

function open(folder = dir): Promise<SqliteStore> {
  return openSqliteStore({ dir: folder, onCommit() {}, lockWaitMs: 100 })
}

async function refusal(folder = dir): Promise<string> {
  const error: unknown = await open(folder).then(
    (store) => store.close(),
    (reason: unknown) => reason,
  )
  expect(error).toMatchObject({ name: 'MonofilError', code: 'store_unavailable' })
  return (error as Error).message
}

function alter(sql: string): void {
  const db = new DatabaseSync(join(dir, 'monofil.db'))
  db.exec(sql)
  db.close()
}

function versionOf(): unknown {
  const db = new DatabaseSync(join(dir, 'monofil.db'))
  const version = db.prepare('PRAGMA user_version').get()?.['user_version']
  db.close()
  return version
}

/** A step as the first version kept it. */
const FIRST_PLAN = {
  ...{ name: 'only', each: null, after: [], weight: 1, concurrency: 4, attempts: 1, timeoutMs: 1000 },
  backoff: { minMs: 0, maxMs: 0, factor: 1 },
}

describe('opening', () => {
  it('brings a folder of the first version along, with a run that was under way', async () => {
    alter(`${LOG_SCHEMA}${RUNS_SCHEMA}
      INSERT INTO meta (key, value) VALUES ('epoch', 'abcdefghijkl'), ('commit_seq', 7), ('fence', 3);
      INSERT INTO runs (id, workflow, external, exclusive, status, round, progress, wanted, input, body, tags, owner,
        roles, search, created_at) VALUES ('r1', 'w', 0, 0, 'running', 1, 0, 'run', 'null', '{}', '[]', 'dev', '[]', '', 1);
      INSERT INTO run_steps SELECT 1, 0, 'only', 'w', '${JSON.stringify(FIRST_PLAN)}', 4, 'running', 1, 1, NULL,
        1, 0, 0, 0, 0, 0, 1, 0, 0, 0, NULL, NULL, NULL, 1, NULL;
      INSERT INTO items (run, step, idx, id, status, ready, attempts, interruptions, input, offset)
        VALUES (1, 0, 1, 'only', 'queued', 1, 0, 0, 'null', 0);
      INSERT INTO run_logs (run, level, message, at) VALUES (1, 'info', 'before', '2026-01-01T00:00:00.000Z');
      PRAGMA application_id = ${0x4d6e666c}; PRAGMA user_version = 1`)
    const store = await open()
    expect(store.opened).toMatchObject({ created: false, epoch: 'abcdefghijkl' })
    await store.runs.control('r1', { action: 'pause' })
    const claim = () => store.work.claim({ worker: 'w1', workflows: ['w'], max: 9, leaseMs: 1000 })
    expect(await claim()).toEqual([])
    await store.runs.control('r1', { action: 'resume' })
    const [lease] = await claim()
    expect(lease).toMatchObject({ fence: 4, itemId: 'only', startInMs: 0 })
    await store.work.settle([{ fence: 4, kind: 'completed', resultJson: '7' }])
    expect(await store.runs.get('r1')).toMatchObject({ status: 'completed', result: 7 })
    // Lines from before are counted too.
    expect((await store.runs.logs('r1', { limit: 5 })).items).toMatchObject([{ message: 'before', offset: null }])
    await store.runs.trim({ maxAgeMs: null, maxCount: null, maxLogLines: 0 })
    expect(await store.runs.logs('r1', { limit: 5 })).toMatchObject({ items: [], cut: 1 })
    await store.close()
    expect(versionOf()).toBe(16)
  })

  it('makes the folder and a store with an epoch of its own', async () => {
    const folder = join(dir, 'deep', 'data')
    const store = await open(folder)
    expect(store.opened).toMatchObject({ created: true, lostCommits: 0, epoch: store.epoch })
    expect(store.epoch).toMatch(/^[a-z0-9]{12}$/)
    await store.close()
    await store.close()
    const again = await open(folder)
    expect(again.opened).toMatchObject({ created: false, epoch: store.epoch })
    await again.close()
  })

  it('lets one owner in, also within a process, and the next when it closes', async () => {
    const store = await open()
    expect(await refusal()).toMatch(new RegExp(`in use by process ${process.pid} \\(since 20`))
    const waiting = openSqliteStore({ dir, onCommit() {}, lockWaitMs: 5_000 })
    await store.close()
    await (await waiting).close()
  })

  it('makes missing folders, and gives up where none can be made', async () => {
    const store = await open(join(dir, 'a', 'b', 'c'))
    await store.close()
    if (process.platform === 'linux') expect(await refusal('/proc/monofil/data')).toMatch(/cannot be made/)
  })

  it('refuses a path that is a file or lies below one', async () => {
    const file = join(dir, 'file')
    await writeFile(file, '')
    expect(await refusal(file)).toMatch(/is a file.*another folder/)
    expect(await refusal(join(file, 'data'))).toMatch(/is a file.*another folder/)
  })

  it('refuses a folder that cannot be made', async () => {
    expect(await refusal(join(dir, 'x'.repeat(300)))).toMatch(/cannot be made.*Choose a folder/)
  })

  it('refuses data of a newer version and touches nothing', async () => {
    await (await open()).close()
    const version = versionOf()
    alter('PRAGMA user_version = 999')
    expect(await refusal()).toMatch(/newer Monofil \(data version 999.*Upgrade/)
    alter(`PRAGMA user_version = ${version}`)
    await (await open()).close()
  })

  it("refuses someone else's database", async () => {
    alter('CREATE TABLE theirs (a)')
    expect(await refusal()).toMatch(/not a Monofil database/)
  })

  it('says what to do with a damaged file, and frees the folder', async () => {
    await writeFile(join(dir, 'monofil.db'), 'this is no database, but it is long enough to be looked at '.repeat(100))
    expect(await refusal()).toMatch(/damaged.*Restore a backup/)
    await rm(join(dir, 'monofil.db'))
    const store = await open()
    await store.log.append([{ topic: 't', type: 'note', dataJson: '1' }])
    await store.close()
    await truncate(join(dir, 'monofil.db'), 5_000)
    expect(await refusal()).toMatch(/damaged.*Restore a backup/)
  })

  it('warns of lost commits', async () => {
    await (await open()).close()
    await writeFile(join(dir, 'acked'), `acked ${'41'.padStart(16, '0')} checkpoint ${'0'.padStart(16, '0')}\n`)
    const warnings: unknown[] = []
    const logger = { debug() {}, info() {}, error() {}, warn: (...said: unknown[]) => warnings.push(said) }
    const store = await openSqliteStore({ dir, onCommit() {}, logger })
    expect(store.opened.lostCommits).toBeGreaterThan(30)
    const { lostCommits, epoch, epochBefore } = store.opened
    expect(warnings).toEqual([
      [expect.stringContaining('lost'), expect.objectContaining({ lostCommits, epoch, epochBefore })],
    ])
    await store.close()
  })
})

it('knows network file systems by the numbers that statfs answers, signed or not', () => {
  expect(networkFileSystem(0x6969)).toBe('NFS')
  expect(networkFileSystem(0xff534d42)).toBe('CIFS')
  expect(networkFileSystem(0xff534d42 | 0)).toBe('CIFS')
  expect(networkFileSystem(0xef53)).toBeUndefined()
})
