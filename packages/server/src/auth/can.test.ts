import { describe, expect, test } from 'vitest'
import type { Principal } from '../seams/auth.ts'
import { can, type Deed, type Deeds, viewerOf } from './can.ts'

const user = (facts: Partial<Principal>): Principal => ({
  sub: 'u',
  roles: [],
  topics: [],
  publish: [],
  expiresAtMs: null,
  ...facts,
})
const run = { id: 'r1', owner: 'someone', roles: ['team'] }
const approval = { run, signal: { kind: 'approval', roles: [] } } as const
const fourEyes = { run, signal: { kind: 'approval', roles: ['boss'] } } as const
const paid = { run, signal: { kind: 'signal', roles: ['shop'] } } as const

const table: { [D in Deed]: [who: Partial<Principal>, resource: Deeds[D], expected: boolean][] } = {
  'topic.read': [
    [{}, 'orders', false],
    [{ topics: ['orders'] }, 'orders', true],
    [{ topics: ['orders'] }, 'orders/1', false],
    [{ topics: ['orders*'] }, 'orders/1', true],
    [{ topics: ['*'] }, 'orders', true],
    [{ topics: ['*'] }, 'user:x', false],
    [{ roles: ['admin'] }, 'orders', true],
    // Other people's inboxes are the one thing that the operator may not read.
    [{ roles: ['admin'] }, 'user:x', false],
    [{ topics: ['user:x', 'user:*'] }, 'user:x', false],
  ],
  'topic.publish': [
    [{}, 'orders', false],
    [{ topics: ['orders'] }, 'orders', false],
    [{ publish: ['orders'] }, 'orders', true],
    [{ publish: ['*', 'run:*'] }, 'run:x', false],
    [{ roles: ['admin'] }, 'orders', true],
    [{ roles: ['admin'] }, 'inbox', false],
    [{ roles: ['admin'] }, 'user:x', false],
  ],
  'run.read': [
    [{}, run, false],
    [{ sub: 'someone' }, run, true],
    [{ roles: ['team'] }, run, true],
    [{ topics: ['run:r1'] }, run, true],
    [{ topics: ['run:r*'] }, run, true],
    [{ topics: ['*'] }, run, false],
    [{ publish: ['run:r1'] }, run, false],
    [{ roles: ['admin'] }, run, true],
  ],
  'run.control': [
    [{ sub: 'someone' }, run, true],
    [{ roles: ['team'] }, run, false],
    [{ topics: ['run:*'] }, run, false],
    [{ publish: ['run:*'] }, run, false],
    [{ roles: ['team'] }, { ...run, controlledByRoles: true }, true],
    [{ roles: ['other'], topics: ['run:*'] }, { ...run, controlledByRoles: true }, false],
    [{ roles: ['admin'] }, run, true],
  ],
  'run.report': [
    [{ sub: 'someone' }, run, true],
    [{ roles: ['team'] }, run, false],
    [{ publish: ['run:r1'] }, run, true],
    [{ publish: ['*'] }, run, false],
    [{ roles: ['admin'] }, run, true],
  ],
  'workflow.start': [
    [{}, 'w', false],
    [{ publish: ['workflow:w'] }, 'w', true],
    [{ publish: ['workflow:*'] }, 'w', true],
    [{ publish: ['*'] }, 'w', false],
    [{ roles: ['admin'] }, 'w', true],
  ],
  'run.answer': [
    [{ sub: 'someone' }, approval, true],
    [{ sub: 'someone' }, fourEyes, false],
    [{ sub: 'someone' }, paid, true],
    [{ roles: ['team'] }, approval, false],
    [{ roles: ['boss'] }, fourEyes, true],
    [{ roles: ['shop'] }, paid, true],
    [{ publish: ['run:r1'] }, approval, false],
    [{ publish: ['run:r1'] }, paid, true],
    [{ roles: ['admin'] }, fourEyes, true],
  ],
  'schedule.control': [
    [{}, { owner: 'someone' }, false],
    [{ sub: 'someone' }, { owner: 'someone' }, true],
    [{ roles: ['admin'] }, { owner: 'someone' }, true],
  ],
  'usage.read': [
    [{}, { workflow: 'w', owner: 'someone' }, false],
    [{ sub: 'someone' }, { workflow: 'w', owner: 'someone' }, true],
    [{ topics: ['workflow:w'] }, { workflow: 'w', owner: 'someone' }, true],
    [{ topics: ['workflow:*'] }, { workflow: 'w', owner: 'someone' }, true],
    [{ topics: ['*'] }, { workflow: 'w', owner: 'someone' }, false],
    [{ publish: ['workflow:w'] }, { workflow: 'w', owner: 'someone' }, false],
    [{ roles: ['admin'] }, { workflow: 'w', owner: 'someone' }, true],
  ],
  'role.give': [
    [{}, 'team', false],
    [{ roles: ['team'] }, 'team', true],
    [{ roles: ['admin'] }, 'team', true],
  ],
  'kpi.read': [
    [{ topics: ['*'] }, 'sales', false],
    [{ topics: ['kpi:sa*'] }, 'sales', true],
    [{ publish: ['kpi:*'] }, 'sales', false],
    [{ roles: ['admin'] }, 'sales', true],
  ],
  'kpi.set': [
    [{ publish: ['*'] }, 'sales', false],
    [{ publish: ['kpi:sales'] }, 'sales', true],
    [{ topics: ['kpi:*'] }, 'sales', false],
    [{ roles: ['admin'] }, 'sales', true],
  ],
  'notify.user': [
    [{}, 'u', false],
    [{ sub: 'ann' }, 'ann', false],
    [{ publish: ['user:ann'] }, 'ann', true],
    [{ publish: ['user:ann'] }, 'anna', false],
    [{ publish: ['user:*'] }, 'ann', true],
    [{ publish: ['*'] }, 'ann', false],
    [{ publish: ['user:auth0%7C5f7'] }, 'auth0|5f7', true],
    [{ roles: ['admin'] }, 'ann', true],
  ],
  'notify.role': [
    [{ roles: ['team'] }, 'team', false],
    [{ publish: ['role:team'] }, 'team', true],
    [{ publish: ['user:*'] }, 'team', false],
    [{ roles: ['admin'] }, 'team', true],
  ],
  'notify.all': [
    [{ publish: ['user:*'] }, null, true],
    [{ publish: ['user:a*', 'role:*', '*'] }, null, false],
    [{ roles: ['admin'] }, null, true],
  ],
  'notice.control': [
    [{ sub: 'ann' }, { sender: 'ann' }, true],
    [{ sub: 'monofil' }, { sender: 'monofil' }, false],
    [{ sub: 'bob', publish: ['user:*'] }, { sender: 'ann' }, false],
    [{ roles: ['admin'] }, { sender: 'ann' }, true],
  ],
  'hub.operate': [
    [{ topics: ['*'], publish: ['*'] }, null, false],
    [{ roles: ['admin'] }, null, true],
  ],
}

describe('can', () => {
  for (const deed of Object.keys(table) as Deed[]) {
    test(deed, () => {
      for (const [facts, resource, expected] of table[deed]) {
        expect([facts, resource, can(user(facts), deed, resource)]).toEqual([facts, resource, expected])
      }
    })
  }
})

test('what a list may answer', () => {
  expect(viewerOf(user({ roles: ['admin'] }))).toEqual({ all: true })
  expect(viewerOf(user({ roles: ['team'], topics: ['orders', 'run:a*', '*'] }))).toEqual({
    all: false,
    sub: 'u',
    roles: ['team'],
    patterns: ['run:a*'],
  })
})
