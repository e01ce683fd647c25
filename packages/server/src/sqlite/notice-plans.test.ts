import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { NoticePreferences } from '@monofil/protocol'
import { newNotice, seen } from '@monofil/testkit/contracts'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { NOTICE_RULES } from '../notifications/rules.ts'
import { Connection } from './database.ts'
import { type GroupHost, runGroup } from './group.ts'
import { migrate } from './migrations.ts'
import { TopicLog } from './topic-log.ts'

/** Remembers what it was asked. */
class Recording extends Connection {
  readonly asked = new Set<string>()

  override prepare(sql: string) {
    this.asked.add(sql)
    return super.prepare(sql)
  }
}

let dir: string
let db: Recording
let host: GroupHost
let now = 1_000
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'monofil-plans-'))
  db = new Recording(join(dir, 'monofil.db'))
  migrate(db, 'monofil.db')
  const rules = { ...NOTICE_RULES, inboxMaxCount: 2, push: true }
  host = { db, log: new TopicLog(db), epoch: 'abcdefgh1234', commitSeq: 0, rules, committed: () => {} }
})
afterEach(() => {
  db.close()
  rmSync(dir, { recursive: true })
})

function run(method: string, args: unknown): void {
  now += 1_000
  for (const { refused } of runGroup(host, { now, monotonic: now, calls: [method, args] })) expect(refused).toEqual([])
}
const plan = (sql: string): string =>
  db
    .prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .all()
    .map((row) => String(row['detail']))
    .join('; ')

it('no command walks through all inboxes, people or notices, nor through what an inbox held once', () => {
  const preferences: NoticePreferences = {
    ...{ language: null, mute: [], quietHours: null },
    digest: { after: 1, windowMs: 60_000 },
  }
  run('notifications.meet', [seen('ann', 'ops'), seen('bob')])
  run('notifications.setPreferences', { sub: 'ann', preferences })
  for (const id of ['a', 'b', 'c', 'd'])
    run('notifications.send', newNotice(id, { to: { users: ['ann'], roles: ['ops'] } }))
  run('notifications.send', newNotice('all', { to: { all: true } }))
  run('notifications.receive', { sub: 'ann', ids: ['d'] })
  run('notifications.mark', { sub: 'ann', state: 'seen', ids: ['c'] })
  run('notifications.mark', { sub: 'ann', state: 'read', ids: null })
  run('notifications.meet', [seen('ann'), seen('eve', 'ops')])
  run('notifications.claim', { sub: 'eve', id: 'd' })
  run('notifications.retract', 'd')
  now += 100_000
  run('notifications.sweep', null)
  run('notifications.takePushes', { max: 5, leaseMs: 1_000 })
  now += 8 * 86_400_000
  run('notifications.purge', null)
  const plans = [...db.asked]
    .filter((sql) => /^\s*(SELECT|UPDATE|DELETE)/.test(sql) && /\b(inbox|people|notices|pushes|digests)\b/.test(sql))
    .map((sql) => ({ sql, plan: plan(sql) }))
  expect(plans.length).toBeGreaterThan(20)
  for (const { sql, plan: how } of plans) {
    expect(how, sql).not.toMatch(/SCAN (?!json_each|(\w+ )+USING )|SEARCH people .*people_roles/)
    // The place of one item of an inbox is its key; what walks along an inbox does so by what is shown.
    if (/person = \?\d? AND (\w\.)?outcome = 'inbox'/.test(sql.replaceAll('i.', '')))
      expect(how, sql).toContain('inbox_shown')
  }
})
