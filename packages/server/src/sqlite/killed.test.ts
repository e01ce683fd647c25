import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openSqliteStore } from './index.ts'

/** Appends without end and prints each offset when it is acknowledged; 16 publishers at once. */
const APPENDER = `
import { openSqliteStore } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)}
const store = await openSqliteStore({ dir: process.argv[1], onCommit() {} })
for (let p = 0; p < 16; p++) (async () => {
  for (;;) {
    const dataJson = JSON.stringify({ p, text: 'x'.repeat(500) })
    const [{ topic, offset }] = await store.log.append([{ topic: 'topic/' + (p % 3), type: 'note', dataJson }])
    process.stdout.write(topic + ' ' + offset + '\\n')
  }
})()
`

let dir: string
const children = new Set<ChildProcess>()

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'monofil-killed-'))
})
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL')
  children.clear()
  await rm(dir, { recursive: true })
})

function startAppender(): ChildProcess {
  const flags = ['--conditions=@monofil/source', '--input-type=module', '-e', APPENDER]
  const child = spawn(process.execPath, [...flags, dir], { stdio: ['ignore', 'pipe', 'inherit'] })
  children.add(child)
  return child
}

/** Runs an appender until it has acknowledged `count` events, then kills it; answers all that it acknowledged. */
async function appendAndKill(count: number): Promise<Map<string, number[]>> {
  const child = startAppender()
  const exited = once(child, 'exit')
  const acked = new Map<string, number[]>()
  let seen = 0
  if (child.stdout === null) throw new Error('the child has no output')
  const lines = createInterface({ input: child.stdout })
  for await (const line of lines) {
    const [topic = '', offset] = line.split(' ')
    acked.set(topic, [...(acked.get(topic) ?? []), Number(offset)])
    seen += 1
    if (seen === count) child.kill('SIGKILL')
  }
  await exited
  return acked
}

it('loses nothing acknowledged to kill -9, and frees the folder at once', { timeout: 60_000 }, async () => {
  const known = new Map<string, number>()
  for (const count of [200, 1_371, 5_003, 640]) {
    const acked = await appendAndKill(count)
    const store = await openSqliteStore({ dir, onCommit() {}, lockWaitMs: 0 })
    expect(store.opened.lostCommits).toBe(0)
    for (const [topic, offsets] of acked) {
      const { head, oldest } = await store.log.bounds(topic)
      const from = known.get(topic) ?? 0
      expect(oldest).toBe(1)
      expect(head).toBeGreaterThanOrEqual(Math.max(...offsets))
      expect(new Set(offsets).size).toBe(offsets.length)
      expect(Math.min(...offsets)).toBe(from + 1)
      const { events } = await store.log.read({ topic, after: from, limit: 100_000, maxBytes: 1e9 })
      expect(events.map(({ offset }) => offset)).toEqual(Array.from({ length: head - from }, (_, i) => from + i + 1))
      known.set(topic, head)
    }
    await store.close()
  }
})

it('keeps a second process out, naming the first, and lets it in when the first is killed', async () => {
  const child = startAppender()
  if (child.stdout === null) throw new Error('the child has no output')
  await once(child.stdout, 'data')
  const refused = openSqliteStore({ dir, onCommit() {}, lockWaitMs: 100 })
  await expect(refused).rejects.toMatchObject({
    code: 'store_unavailable',
    message: expect.stringMatching(new RegExp(`${dir}.*process ${child.pid} .*another data folder`)),
  })
  const waiting = openSqliteStore({ dir, onCommit() {}, lockWaitMs: 10_000 })
  child.kill('SIGKILL')
  const store = await waiting
  expect((await store.log.bounds('topic/0')).head).toBeGreaterThan(0)
  await store.close()
})
