import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import type { NewRunRow } from '@monofil/server'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { DATABASE_FILE } from './database.ts'
import { openSqliteStore } from './index.ts'

/** Removes the run if it is there, says `go`, and frees what it held. */
const REMOVER = `
import { openSqliteStore } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)}
const store = await openSqliteStore({ dir: process.argv[1], onCommit() {} })
await store.runs.remove('r').catch(() => undefined)
process.stdout.write('go\\n')
await store.runs.trim({ maxAgeMs: null, maxCount: null, maxLogLines: null })
process.stdout.write('done\\n')
setInterval(() => undefined, 1000)
`
const ITEMS = 10_000

const plan = (name: string, each: string | null) => {
  const backoff = { minMs: 0, maxMs: 0, factor: 1 }
  return { name, each, after: [], weight: 1, concurrency: 4, attempts: 1, backoff, timeoutMs: 60_000 }
}
const RUN: NewRunRow = {
  id: 'r',
  workflow: 'photos',
  external: false,
  exclusive: false,
  steps: [plan('list', null), plan('each', 'list')],
  totals: {},
  heartbeatMs: null,
  inputJson: 'null',
  bodyJson: '{}',
  tags: ['t'],
  owner: 'alice',
  roles: ['ops'],
  key: null,
  budgetJson: null,
  parentId: null,
}

let dir: string
let child: ChildProcess | undefined
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'monofil-killed-removal-'))
})
afterEach(async () => {
  child?.kill('SIGKILL')
  await rm(dir, { recursive: true })
})

async function removeAndKill(): Promise<void> {
  const flags = ['--conditions=@monofil/source', '--input-type=module', '-e', REMOVER]
  child = spawn(process.execPath, [...flags, dir], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  if (child.stdout === null) throw new Error('the child has no output')
  for await (const line of createInterface({ input: child.stdout })) if (line === 'go') child.kill('SIGKILL')
  await exited
}

/** What is left of the run on the disk. */
function rowsLeft(): Record<string, number> {
  const db = new DatabaseSync(join(dir, DATABASE_FILE), { readOnly: true })
  try {
    expect(db.prepare('PRAGMA foreign_key_check').all()).toEqual([])
    const tables = ['runs', 'run_steps', 'items', 'run_logs', 'run_log_sizes', 'run_tags', 'run_roles', 'events']
    const count = (table: string) => Number(db.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.['n'])
    return Object.fromEntries(tables.map((table) => [table, count(table)]))
  } finally {
    db.close()
  }
}

it('is out of sight from its first commit, through kill -9, and leaves the disk after the restart', {
  timeout: 120_000,
}, async () => {
  const store = await openSqliteStore({ dir, onCommit() {} })
  await store.runs.create(RUN)
  const [lease] = await store.work.claim({ worker: 'w', workflows: ['photos'], max: 1, leaseMs: 60_000 })
  if (lease === undefined) throw new Error('there is nothing to claim')
  const lines = Array.from({ length: 500 }, (_, i) => ({ fence: lease.fence, level: 'info' as const, message: `${i}` }))
  await store.work.logLines(lines)
  const resultJson = JSON.stringify(Array.from({ length: ITEMS }, (_, i) => i))
  await store.work.settle([{ fence: lease.fence, kind: 'completed', resultJson }])
  await store.runs.control('r', { action: 'cancel' })
  await store.close()

  const left: number[] = []
  for (let i = 0; i < 3; i += 1) {
    await removeAndKill()
    const again = await openSqliteStore({ dir, onCommit() {} })
    left.push(rowsLeft()['items'] ?? 0)
    expect(await again.runs.get('r')).toBeUndefined()
    expect((await again.runs.list({ viewer: { all: true }, limit: 5 })).items).toEqual([])
    expect((await again.runs.items({ viewer: { all: true }, limit: 5 })).items).toEqual([])
    expect((await again.runs.logs('r', { limit: 5 })).items).toEqual([])
    expect((await again.log.bounds('run:r')).head).toBe(0)
    await expect(again.runs.create(RUN)).rejects.toMatchObject({ code: 'id_taken' })
    await again.close()
  }
  // The first kill came while most of it was there: else this test shows nothing.
  expect(left[0]).toBeGreaterThan(0)
  const last = await openSqliteStore({ dir, onCommit() {} })
  await last.runs.trim({ maxAgeMs: null, maxCount: null, maxLogLines: null })
  await last.log.trim({ maxAgeMs: 1e12, maxCount: 1e9, maxBytes: 1e12 })
  expect(Object.values(rowsLeft()).every((count) => count === 0)).toBe(true)
  await last.close()
})
