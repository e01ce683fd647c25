/** Tickets over HTTP: what opens a stream, what opens it again, and what never does. */
import { MonofilError } from '@monofil/protocol'
import type { Authenticator, Principal } from '@monofil/server'
import { FakeClock, type SseReader, type StartHub, startHub, type TestHub } from '@monofil/testkit'
import { afterEach, describe, expect, test, vi } from 'vitest'

const clock = () => new FakeClock(Date.now())
let expiresAtMs: number | null = null
let topics: readonly string[] = ['a', 'b']
const byName: Authenticator = {
  authenticate({ authorization }): Principal {
    const sub = authorization?.slice('Bearer '.length) ?? ''
    if (sub === '') throw new MonofilError('unauthorized', 'Send a Bearer token.')
    return { sub, roles: ['team'], topics, publish: ['a', 'b', 'workflow:w'], expiresAtMs }
  },
}

// Each starts hubs of its own, also on a machine that is busy with others.
vi.setConfig({ testTimeout: 60_000 })

const hubs: TestHub[] = []
afterEach(async () => {
  for (const hub of hubs.splice(0).reverse()) await hub.close()
  expiresAtMs = null
  topics = ['a', 'b']
})
async function start(options: StartHub = {}): Promise<TestHub> {
  const hub = await startHub({ authenticator: byName, ...options })
  hubs.push(hub)
  return hub
}
const alice = { Authorization: 'Bearer alice' }
async function take(hub: TestHub, headers: Record<string, string> = alice): Promise<string> {
  const answer = await hub.call<{ ticket: string; expiresAt: string }>('POST', '/v1/tickets', undefined, headers)
  expect(answer.status).toBe(201)
  return answer.body.ticket
}
interface Asked {
  readonly path?: string
  readonly id?: string | undefined
  readonly method?: string
  readonly headers?: Record<string, string>
}
function get(
  hub: TestHub,
  ticket: string,
  { path = '/v1/stream?topics=a', id, method = 'GET', headers = {} }: Asked = {},
) {
  const url = `${path}${path.includes('?') ? '&' : '?'}ticket=${encodeURIComponent(ticket)}`
  return hub.stream(url, { method, headers: { ...headers, ...(id === undefined ? {} : { 'Last-Event-ID': id }) } })
}
const lastId = (reader: SseReader) => reader.lastEventId ?? ''

describe('a ticket', () => {
  test('is ASCII, short, and tells its end', async () => {
    const time = clock()
    const hub = await start({ clock: time })
    for (const count of [1, 500]) {
      topics = Array.from({ length: count }, (_, n) => `topic-${n}-éñ日本/*`)
      const answer = await hub.call<{ ticket: string; expiresAt: string }>('POST', '/v1/tickets', {}, alice)
      expect(answer.body.ticket).toMatch(/^[A-Za-z0-9._-]{40,1100}$/)
      expect(Date.parse(answer.body.expiresAt)).toBe(time.now() + 30_000)
      expect(answer.headers.get('cache-control')).toBe('no-store')
      topics = ['a']
    }
    expect((await hub.call('POST', '/v1/tickets', { topics: ['a'] }, alice)).status).toBe(400)
    expect((await hub.call('POST', '/v1/tickets', {})).status).toBe(401)
  })

  test.each([1, 500])(
    'opens one stream, with rights of %i patterns, and brings back who was cut off',
    async (count) => {
      topics = ['a', ...Array.from({ length: count - 1 }, (_, n) => `topic-${n}/*`)]
      const hub = await start()
      const ticket = await take(hub)
      const first = await get(hub, ticket)
      expect(await first.event('hello')).toMatchObject({ topics: [{ topic: 'a' }] })
      for (let n = 1; n <= 5; n += 1) await hub.publish('a', n)
      await first.until(() => first.offsets('a').length === 5)
      await first.until(() => lastId(first).includes(':5~'))
      expect(lastId(first).length).toBeLessThan(1_000)
      expect(lastId(first)).toMatch(/^[!-~]+$/)
      // No frame has the id that all readers share.
      expect(
        first.blocks.filter((block) => block.data !== undefined && block.event === 'message' && block.id !== undefined),
      ).toEqual([])
      first.destroy()
      await hub.publish('a', 6)
      const second = await get(hub, ticket, { id: lastId(first) })
      await second.until(() => second.offsets('a').length === 1)
      expect(second.offsets('a')).toEqual([6])
      // The ids of the first stream are as good as those of the second, and one stream replaces the other.
      const third = await get(hub, ticket, { id: lastId(first) })
      expect(await second.event('goodbye')).toMatchObject({ reason: 'replaced' })
      await third.until(() => third.offsets('a').length === 1)
      const told = await get(hub, ticket, { id: lastId(second) })
      expect(told.status).toBe(204)
      expect(third.isClosed).toBe(false)
    },
  )

  test('comes back from before there was anything to have had: no event, a run without snapshot, a state topic', async () => {
    topics = ['a', 'b', 'run:r']
    const hub = await start()
    await hub.call('POST', '/v1/runs', { id: 'r', workflow: 'w', external: true }, { Authorization: 'Bearer bob' })
    for (const path of [
      '/v1/stream?topics=runs',
      '/v1/stream?topics=a&topics=b&topics=run:r&topics=status',
      '/v1/runs/r/events',
    ]) {
      const ticket = await take(hub, { Authorization: 'Bearer bob' })
      const first = await get(hub, ticket, { path })
      await first.until(() => first.blocks.length > 0)
      const id = first.blocks[0]?.id
      expect([path, id]).toEqual([path, expect.stringMatching(/~[\w-]{22}$/)])
      first.destroy()
      const second = await get(hub, ticket, { path, id })
      expect([path, second.status]).toEqual([path, 200])
      await second.until(() => second.blocks.length > 0)
    }
  })

  test('follows a run to its end, which is told once and then 204', async () => {
    const hub = await start()
    const bob = { Authorization: 'Bearer bob' }
    await hub.call('POST', '/v1/runs', { id: 'r', workflow: 'w', external: true, total: 1 }, bob)
    const ticket = await take(hub, bob)
    const path = '/v1/runs/r/events'
    const live = await get(hub, ticket, { path })
    await live.event('progress')
    const reports = [
      { id: '1', item: 'i', status: 'completed' },
      { id: '2', status: 'completed' },
    ]
    await hub.call('POST', '/v1/runs/r/reports', { reports }, bob)
    await live.closed()
    expect(live.all('complete')).toHaveLength(1)
    expect(live.blocks.filter((block) => block.event !== 'message' && block.id !== undefined)).toEqual([])
    expect((await get(hub, ticket, { path, id: lastId(live) })).status).toBe(204)
    // The same where the run was over before.
    const late = await take(hub, bob)
    const over = await get(hub, late, { path })
    await over.closed()
    expect(over.all('complete')).toHaveLength(1)
    expect((await get(hub, late, { path, id: lastId(over) })).status).toBe(204)
  })

  test('is remembered over a restart, and taken by another hub with the same store or the same secret', async () => {
    const one = await start({ secret: 'the same secret' })
    const other = await start({ secret: 'the same secret' })
    const ticket = await take(one)
    const first = await get(one, ticket)
    await first.event('hello')
    expect((await get(other, ticket, { id: lastId(first) })).status).toBe(200)
    const foreign = await start({ secret: 'another secret' })
    expect((await get(foreign, ticket, { id: lastId(first) })).status).toBe(401)
    expect((await get(foreign, await take(one))).status).toBe(401)
    const plain = await start()
    const used = await take(plain)
    const before = await get(plain, used)
    await before.event('hello')
    const { dir } = plain
    await plain.server.close()
    await plain.store.close()
    const again = await start({ dir })
    expect((await get(again, used)).status).toBe(401)
    expect((await get(again, used, { id: lastId(before) })).status).toBe(200)
  })

  test('ends with the rights it carries, and after a day where they have no end', async () => {
    const time = clock()
    const hub = await start({ clock: time })
    for (const life of [3_600_000, null]) {
      expiresAtMs = life === null ? null : time.now() + life
      const ticket = await take(hub)
      const first = await get(hub, ticket)
      const ends = time.now() + (life ?? 86_400_000)
      expect(await first.event('hello')).toMatchObject({ expiresAt: new Date(ends).toISOString() })
      first.destroy()
      time.advance(ends - time.now() - 1)
      const last = await get(hub, ticket, { id: lastId(first) })
      expect(last.status).toBe(200)
      last.destroy()
      time.advance(1)
      const late = await get(hub, ticket, { id: lastId(first) })
      expect(late.status).toBe(401)
      expect(late.body).toContain('token_expired')
    }
    expiresAtMs = time.now() + 10_000
    const short = await hub.call<{ expiresAt: string }>('POST', '/v1/tickets', undefined, alice)
    expect(Date.parse(short.body.expiresAt)).toBe(expiresAtMs)
  })

  test('that finds the hub full or draining is not lost', async () => {
    const hub = await start({ limits: { streamsUser: 1 } })
    const other = await hub.stream('/v1/stream?topics=a', { headers: alice })
    await other.event('hello')
    const ticket = await take(hub)
    const refused = await get(hub, ticket, { path: '/v1/stream?topics=b' })
    await refused.event('goodbye')
    other.destroy()
    await expect.poll(() => hub.server.hub.connections().length).toBe(0)
    const back = await get(hub, ticket, { path: '/v1/stream?topics=b', id: lastId(refused) })
    await back.event('hello')
    // It replaces its own, so it counts once.
    const again = await get(hub, ticket, { path: '/v1/stream?topics=b', id: lastId(back) })
    expect(await again.event('hello')).toMatchObject({ topics: [{ topic: 'b' }] })
  })
})

describe('never accepted', () => {
  interface Scene {
    readonly hub: TestHub
    readonly time: FakeClock
    readonly ticket: string
    readonly id: string
    readonly otherTicket: string
    readonly otherId: string
    readonly unsigned: string
  }
  async function scene(): Promise<Scene> {
    const time = clock()
    const hub = await start({ clock: time })
    const ticket = await take(hub)
    const first = await get(hub, ticket)
    await first.event('hello')
    await hub.publish('a', 1)
    await first.until(() => lastId(first).includes(':1~'))
    const otherTicket = await take(hub, { Authorization: 'Bearer bob' })
    const other = await get(hub, otherTicket)
    await other.event('hello')
    await other.until(() => lastId(other) !== '')
    const id = lastId(first)
    return { hub, time, ticket, id, otherTicket, otherId: lastId(other), unsigned: id.split('~')[0] ?? '' }
  }
  const flip = (text: string, at: number) => {
    const place = at < 0 ? text.length + at : at
    return text.slice(0, place) + (text[place] === 'A' ? 'B' : 'A') + text.slice(place + 1)
  }
  const changed = (ticket: string, change: (claims: Record<string, unknown>) => void): string => {
    const [version, payload = '', mac] = ticket.split('.')
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>
    change(claims)
    return [version, Buffer.from(JSON.stringify(claims)).toString('base64url'), mac].join('.')
  }

  test.each<[string, (scene: Scene) => Promise<SseReader>]>([
    ['a used ticket, as an access log has it', ({ hub, ticket }) => get(hub, ticket)],
    ['a used ticket with an id without signature', ({ hub, ticket, unsigned }) => get(hub, ticket, { id: unsigned })],
    ['a used ticket with the id of another one', ({ hub, ticket, otherId }) => get(hub, ticket, { id: otherId })],
    ['a used ticket with a changed place', ({ hub, ticket, id }) => get(hub, ticket, { id: id.replace(':1~', ':0~') })],
    ['a used ticket with a changed signature', ({ hub, ticket, id }) => get(hub, ticket, { id: flip(id, -5) })],
    ['a used ticket with a cut id', ({ hub, ticket, id }) => get(hub, ticket, { id: id.slice(0, -1) })],
    ['a used ticket with an empty id', ({ hub, ticket }) => get(hub, ticket, { id: '' })],
    [
      'a used ticket whose id is in the URL',
      ({ hub, ticket, id }) => get(hub, ticket, { path: `/v1/stream?topics=a&lastEventId=${encodeURIComponent(id)}` }),
    ],
    ['a used ticket for a run', ({ hub, ticket }) => get(hub, ticket, { path: '/v1/runs/r/events' })],
    [
      'an unused ticket after 30 s',
      async ({ hub, time }) => {
        const late = await take(hub)
        time.advance(30_000)
        return get(hub, late)
      },
    ],
    ['a changed ticket', ({ hub, ticket, id }) => get(hub, flip(ticket, 20), { id })],
    ['a ticket with a changed signature', async ({ hub }) => get(hub, flip(await take(hub), -3))],
    [
      'a ticket that was given another user',
      async ({ hub }) =>
        get(
          hub,
          changed(await take(hub), (claims) => {
            claims['p'] = { ...(claims['p'] as object), sub: 'root', roles: ['admin'] }
          }),
        ),
    ],
    [
      'a ticket that was given more time',
      ({ hub, ticket }) =>
        get(
          hub,
          changed(ticket, (claims) => {
            claims['u'] = 1e15
          }),
        ),
    ],
    ['a ticket without signature', async ({ hub }) => get(hub, (await take(hub)).split('.').slice(0, 2).join('.'))],
    ['nonsense', ({ hub }) => get(hub, 'nonsense')],
    ['nothing', ({ hub }) => get(hub, '')],
    ['a huge one', ({ hub }) => get(hub, `1.${'A'.repeat(8_000)}.${'A'.repeat(22)}`)],
    ['an id as a ticket', ({ hub, id }) => get(hub, id)],
    ['HEAD', async ({ hub }) => get(hub, await take(hub), { method: 'HEAD' })],
    ['a good cookie beside a bad ticket', ({ hub }) => get(hub, 'bad', { headers: { Cookie: 'monofil=x' } })],
  ])('%s', async (_, ask) => {
    const reader = await ask(await scene())
    expect(reader.status).toBe(401)
    if (reader.headers['content-type'] === 'application/problem+json') reader.destroy()
    expect(reader.body).not.toContain('event:')
  })

  test('by anything but a GET stream, where it is not used up either', async () => {
    const { hub } = await scene()
    const ticket = await take(hub)
    for (const [method, path, body] of [
      ['GET', '/v1/runs', undefined],
      ['POST', '/v1/publish', { topic: 'a', type: 't', data: 1 }],
      ['POST', '/v1/stream', { topics: [{ topic: 'a' }] }],
      ['POST', '/v1/tickets', undefined],
      ['GET', '/v1/topics/a/events', undefined],
      ['DELETE', '/v1/runs/r', undefined],
    ] as const) {
      const answer = await hub.call(method, `${path}?ticket=${ticket}`, body)
      expect([method, path, answer.status]).toEqual([method, path, 401])
    }
    expect((await get(hub, ticket)).status).toBe(200)
  })

  test('twice at the same moment', async () => {
    const { hub } = await scene()
    const ticket = await take(hub)
    const many = await Promise.all(Array.from({ length: 10 }, () => get(hub, ticket)))
    expect(many.map((reader) => reader.status).sort()).toEqual([200, ...new Array(9).fill(401)])
  })
})

test('a token beside a ticket decides, and the ticket stays unused', async () => {
  const hub = await start()
  const ticket = await take(hub)
  expect((await get(hub, ticket, { headers: alice })).status).toBe(200)
  expect((await get(hub, ticket)).status).toBe(200)
})

test('a ticket does not publish, and shows no more than its user sees', async () => {
  const hub = await start()
  await hub.call('POST', '/v1/runs', { id: 'mine', workflow: 'w', external: true }, alice)
  const reader = await get(hub, await take(hub, { Authorization: 'Bearer eve' }), {
    path: '/v1/stream?topics=run:mine&topics=c&topics=a',
  })
  expect(await reader.event('hello')).toMatchObject({
    denied: [
      { topic: 'run:mine', code: 'not_found' },
      { topic: 'c', code: 'forbidden' },
    ],
  })
})

test('no ticket and no id is ever logged', async () => {
  const lines: string[] = []
  const note = (message: string, fields: unknown) =>
    void lines.push(
      `${message} ${JSON.stringify(fields, (_, value: unknown) => (value instanceof Error ? `${value.stack}` : value))}`,
    )
  const logger = { debug: note, info: note, warn: note, error: note }
  let isBroken = false
  const hub = await start({
    logger,
    wrap: (store) => ({
      ...store,
      epoch: store.epoch,
      close: () => store.close(),
      log: {
        ...store.log,
        append: (events) => store.log.append(events),
        read: (query) => store.log.read(query),
        trim: (retention) => store.log.trim(retention),
        bounds: (topic) => (isBroken ? Promise.reject(new Error('broken')) : store.log.bounds(topic)),
      },
    }),
  })
  const ticket = await take(hub)
  isBroken = true
  const reader = await get(hub, ticket)
  await reader.event('goodbye')
  const again = await get(hub, ticket, { id: lastId(reader) })
  await again.event('goodbye')
  expect(lines.length).toBeGreaterThan(0)
  const canaries = [ticket, ticket.split('.')[2] ?? '', lastId(reader).split('~')[1] ?? '']
  for (const line of lines) for (const canary of canaries) expect(line).not.toContain(canary)
})
