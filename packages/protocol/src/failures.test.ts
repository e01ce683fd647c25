import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FailureGroups, groupFailures, MAX_FAILURE_GROUPS, normaliseMessage } from './failures.ts'

describe('failures', () => {
  it.each([
    ['cannot read /home/me/photos/IMG_001.jpg: EIO', 'cannot read <path>: EIO'],
    ["ENOENT: no such file or directory, open '/tmp/x y.png'", 'ENOENT: no such file or directory, open <text>'],
    ['C:\\photos\\a.jpg is broken', '<path> is broken'],
    ['IMG_001.jpg is no image', '<path> is no image'],
    ['status 503 after 1,204.5 ms', 'status <n> after <n> ms'],
    ['item 3f2b8c1e-9d4a-4c55-8b1e-0a2b3c4d5e6f failed', 'item <id> failed'],
    ['commit deadbeef01 at 0xFF', 'commit <id> at <id>'],
    ['GET https://x.test/a?b=1 refused', 'GET <url> refused'],
    ["it doesn't work, the user's key is bad", "it doesn't work, the user's key is bad"],
    ['quota exhausted', 'quota exhausted'],
    ['key «été» is unknown', 'key <text> is unknown'],
    ['job 01HZX3K5T9 took -3,5 %', 'job <id> took <n> %'],
    ['order ORD-2024-0007 is gone', 'order <id> is gone'],
    ['user u_91f3ab is gone', 'user <id> is gone'],
    ['connect ECONNREFUSED 127.0.0.1:5432', 'connect ECONNREFUSED <n>:<n>'],
    ['connect ETIMEDOUT 2001:db8::1:443', 'connect ETIMEDOUT <id>'],
    ['HTTP 429 from model gpt-4o', 'HTTP <n> from model <id>'],
    ['sha256 9F86D081884C7D659A2FEAA0C55AD015A3BF4F1B2B0B822CD15D6C15B0F00A08 differs', '<id> <id> differs'],
    ['bad mail to anna@example.org', 'bad mail to <email>'],
    ['at 2026-01-31T09:15:00.123Z nobody answered', 'at <time> nobody answered'],
    ['', ''],
  ])('%s', (message, normal) => {
    expect(normaliseMessage(message)).toBe(normal)
  })

  it('stay apart by step and code, show the message where it is one, and name at most 1,000 items', () => {
    const many = Array.from({ length: 1500 }, (_, i) => ({ step: 's', item: `${i}`, code: 'e', message: `no ${i}` }))
    const groups = groupFailures([
      { step: 's', item: 'x', code: 'other', message: 'no 7' },
      { step: 't', item: 'y', code: 'e', message: 'no 7' },
      ...many,
    ])
    expect(groups.map(({ step: of, code, message, count }) => [of, code, message, count])).toEqual([
      ['s', 'e', 'no <n>', 1500],
      ['s', 'other', 'no 7', 1],
      ['t', 'e', 'no 7', 1],
    ])
    expect(groups[0]?.items).toHaveLength(1000)
  })

  it('do not take long, whatever the message', () => {
    for (const evil of [
      "'".repeat(100_000),
      '/'.repeat(100_000),
      'a'.repeat(100_000),
      '1,'.repeat(50_000),
      'a.'.repeat(50_000),
    ]) {
      const begun = performance.now()
      normaliseMessage(evil)
      expect(performance.now() - begun).toBeLessThan(200)
    }
  })

  it('have one text whatever varies in them', () => {
    const word = fc.constantFrom('cannot read', 'broken:', 'quota', 'refused by', 'after', 'in')
    const varying = fc.oneof(
      fc.uuid(),
      fc.integer().map(String),
      fc.float({ noNaN: true, noDefaultInfinity: true }).map((value) => value.toFixed(3)),
      fc.stringMatching(/^[0-9a-f]{8,40}$/).filter((hex) => /\d/.test(hex) && /[a-f]/.test(hex)),
      fc.webUrl({ withQueryParameters: true }).filter((url) => !/['"<>]|[^\w/]$/.test(url)),
      fc
        .array(fc.stringMatching(/^[a-z][a-z0-9_-]{0,8}$/), { minLength: 1, maxLength: 4 })
        .map((parts) => `/${parts.join('/')}`),
      fc.stringMatching(/^[a-zA-Z0-9 .:,_-]{0,20}$/).map((text) => `"${text}"`),
    )
    // The same kind of value twice in the same place: one text.
    fc.assert(
      fc.property(word, varying, varying, (text, a, b) => {
        const [one, other] = [normaliseMessage(`${text} ${a} ok`), normaliseMessage(`${text} ${b} ok`)]
        const kinds = [one, other].map((shown) => shown.replace(/<[a-z]+>/g, '<>'))
        expect(kinds[0]).toBe(kinds[1])
      }),
    )
  })

  it('are found by a message of theirs and by the text they have in common', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (message) => {
        const groups = new FailureGroups()
        for (const item of ['a', 'b']) groups.add({ step: 's', item, code: 'e', message })
        for (const said of [message, normaliseMessage(message)]) {
          expect(groups.itemsOf({ step: 's', code: 'e', message: said })).toEqual(['a', 'b'])
        }
      }),
    )
  })

  it('hold a bounded number of groups and ids, whatever comes', () => {
    const groups = new FailureGroups()
    const letters = (i: number) => i.toString(26).replace(/\d/g, (digit) => 'qrstuvwxyz'[Number(digit)] ?? '')
    for (let i = 0; i < 20_000; i += 1) groups.add({ step: 's', item: `${i}`, code: 'e', message: `no ${letters(i)}` })
    const list = groups.list()
    expect(list).toHaveLength(MAX_FAILURE_GROUPS + 1)
    expect(list.reduce((sum, { count }) => sum + count, 0)).toBe(20_000)
    expect(list[0]?.items).toHaveLength(1000)
  })
})
