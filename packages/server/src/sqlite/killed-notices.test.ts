import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openSqliteStore } from './index.ts'

const PEOPLE = 40

/**
 * Sends to everybody in slices of 7 and to one by name, from the given number on, and prints each number once both are
 * acknowledged; every third is taken back.
 */
const SENDER = `
import { openSqliteStore } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)}
const [, dir, from] = process.argv
const store = await openSqliteStore({ dir, onCommit() {}, notices: { slice: 7 } })
const { notifications } = store
await notifications.meet(Array.from({ length: ${PEOPLE} }, (_, i) => ({ sub: 'u' + i, roles: [], issuedAt: null })))
const notice = (id, to) => ({ id, sender: 's', to: { users: [], roles: [], topics: [], all: false, except: [], ...to },
  texts: [{ language: '', title: id, message: null, details: null }], severity: 'info', severityAsSent: null, module: null,
  action: null, actions: [], link: null, dataJson: null, sendAt: null, ttlMs: null })
for (let i = Number(from); ; i += 1) {
  const sent = [notifications.send(notice('all' + i, { all: true })), notifications.send(notice('one' + i, { users: ['u0'] }))]
  await Promise.all([...sent, notifications.sweep(), notifications.mark('u0', { state: 'read', ids: ['one' + (i - 1)] })])
  if (i % 3 === 0) await notifications.retract('all' + i)
  process.stdout.write(i + '\\n')
}
`

let dir: string
let child: ChildProcess | undefined
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'monofil-killed-notices-'))
})
afterEach(async () => {
  child?.kill('SIGKILL')
  await rm(dir, { recursive: true })
})

/** Sends from a number on until `count` of them are acknowledged, then kills; answers the last. */
async function sendAndKill(from: number, count: number): Promise<number> {
  const flags = ['--conditions=@monofil/source', '--input-type=module', '-e', SENDER]
  child = spawn(process.execPath, [...flags, dir, String(from)], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  if (child.stdout === null) throw new Error('the child has no output')
  let last = from - 1
  for await (const line of createInterface({ input: child.stdout })) {
    last = Number(line)
    if (last - from + 1 === count) child.kill('SIGKILL')
  }
  await exited
  return last
}

it('has lost no notice and doubled none through kill -9, and goes on where it was', { timeout: 120_000 }, async () => {
  const kills = process.env['TEST_LONG'] === undefined ? [4, 11] : Array.from({ length: 30 }, (_, i) => 1 + i)
  let next = 0
  for (const count of kills) {
    // It begins with what may have been sent already: the same id again sends nothing.
    const last = await sendAndKill(next, count)
    const store = await openSqliteStore({ dir, onCommit() {}, lockWaitMs: 5_000, notices: { slice: 7 } })
    const { notifications } = store
    while ((await notifications.sweep()) === 0) {
      // What was on its way to everybody arrives.
    }
    const gone = new Set(Array.from({ length: last + 1 }, (_, i) => i).filter((i) => i % 3 === 0))
    for (const sub of ['u0', 'u1', `u${PEOPLE - 1}`]) {
      const { items, counts } = await notifications.inbox(sub, { state: 'all', limit: 200 })
      const ids = items.map(({ id }) => id)
      expect(new Set(ids).size).toBe(ids.length)
      for (let i = 0; i <= last; i += 1) {
        expect([sub, i, ids.includes(`all${i}`)]).toEqual([sub, i, !gone.has(i)])
        if (sub === 'u0') expect(ids).toContain(`one${i}`)
      }
      expect(counts.unread).toBe(items.filter(({ readAt }) => readAt === null).length)
      const log = await store.log.read({ topic: `user:${sub}`, after: 0, limit: 5_000, maxBytes: 1 << 26 })
      expect(log.head).toBe(counts.version)
      expect(JSON.parse(log.events.at(-1)?.dataJson ?? '')).toMatchObject({ counts })
    }
    await store.close()
    next = Math.max(0, last)
  }
})
