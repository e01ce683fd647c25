/** Only tabs of one user share, and they help each other out with credentials. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { EPOCH, RawHub } from '../testing/raw-hub.ts'
import { debug, follow, settled, Tabs, until } from '../testing/tabs.ts'

let hub: RawHub
let tabs: Tabs

beforeEach(async () => {
  hub = await RawHub.start()
  tabs = new Tabs(hub.url)
})

afterEach(async () => {
  tabs.closeAll()
  await hub.close()
})

const snapshotOf = (offset: number) => ({
  topic: 'run:r1',
  epoch: EPOCH,
  offset,
  data: {
    run: {
      id: 'r1',
      workflow: 'w',
      status: 'running',
      round: 1,
      progress: 10,
      steps: [],
      createdAt: '',
      epoch: EPOCH,
      offset,
    },
    items: [],
  },
})

async function locksHere(): Promise<string[]> {
  const { held = [], pending = [] } = await navigator.locks.query()
  return [...held, ...pending].map(({ name = '' }) => name).filter((name) => name.includes(hub.url))
}

const jwt = (claims: object, salt = '') => `x.${btoa(JSON.stringify({ ...claims, salt })).replaceAll('=', '')}.y`
const bearer = () => hub.streams.map(({ headers }) => headers.authorization)

describe('users', () => {
  it('of two names never share', async () => {
    const [a, b] = [tabs.open({ token: jwt({ sub: 'a' }) }), tabs.open({ token: jwt({ sub: 'b' }) })]
    for (const tab of [a, b]) follow(tab, 'inbox')
    await settled(a, b)
    expect([a, b].map((tab) => tab.info.get().role)).toEqual(['leader', 'leader'])
    expect(bearer().toSorted()).toEqual(
      [jwt({ sub: 'a' }), jwt({ sub: 'b' })].map((token) => `Bearer ${token}`).toSorted(),
    )
    expect(hub.open).toBe(2)
  })

  it('of one name share, whatever their tokens are', async () => {
    const [a, b] = [tabs.open({ token: jwt({ sub: 'a' }, '1') }), tabs.open({ token: jwt({ sub: 'a' }, '2') })]
    for (const tab of [a, b]) follow(tab, 'inbox')
    await settled(a, b)
    expect([tabs.all.map((tab) => tab.info.get().role).toSorted(), hub.open]).toEqual([['follower', 'leader'], 1])
  })

  it.each([
    ['a token that is no JWT', { token: 'opaque' }],
    ['a fetch of its own', { fetch: (...args: Parameters<typeof fetch>) => fetch(...args) }],
    ['headers of its own', { headers: { cookie: 'x' } }],
  ] as const)('that are not known have a stream each and say why: %s', async (_, options) => {
    const said: unknown[] = []
    const logger = { debug() {}, info: (_line: string, fields?: object) => said.push(fields), warn() {}, error() {} }
    const [a, b] = [tabs.open({ ...options, logger }), tabs.open(options)]
    for (const tab of [a, b]) follow(tab, 'x')
    await settled(a, b)
    expect([a, b].map((tab) => tab.info.get().role)).toEqual(['own', 'own'])
    expect(debug(a)).toMatchObject({
      transport: 'own',
      unshared: expect.stringMatching(/the user is not known.*give `user`/),
    })
    expect(said).toContainEqual({ reason: debug(a).unshared, marker: a.info.get().marker })
    expect(hub.open).toBe(2)
  })

  it('that are not known share under the word they give', async () => {
    for (let i = 0; i < 2; i += 1) follow(tabs.open({ token: `opaque ${i}`, user: 'u1' }), 'x')
    await settled(...tabs.all)
    expect([tabs.all.map((tab) => tab.info.get().role).toSorted(), hub.open]).toEqual([['follower', 'leader'], 1])
  })

  it('that sign out in one tab are forgotten in all, and nothing is requested before they come back', async () => {
    const { leader, other } = await tabs.pair('run:r1', 'run:r1')
    hub.last.control('snapshot', snapshotOf(5))
    const runs = () =>
      tabs.all.map(
        (tab) => (tab.topics.entry('run:r1')?.view(tab.health()) as { run?: { id: string } | null })?.run?.id,
      )
    await until(() => expect(runs()).toEqual(['r1', 'r1']))
    other.logout()
    await until(() => expect(hub.open).toBe(0))
    await until(() => expect(runs().filter((id) => id !== undefined)).toEqual([]))
    expect(tabs.all.map((tab) => tab.info.get().status)).toEqual(['idle', 'idle'])
    tabs.clock.advance(3_600_000)
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect([hub.streams.length, tabs.clock.timers, await locksHere()]).toEqual([1, 0, []])
    leader.connect()
    await until(() => expect(hub.streams).toHaveLength(2))
    expect([hub.last.topics, other.info.get().status]).toEqual([[{ topic: 'run:r1' }], 'idle'])
  })

  it('of another name in one tab take nothing along', async () => {
    const { leader, other } = await tabs.pair('a', 'a', { token: jwt({ sub: 'a' }) })
    leader.adopt({ token: jwt({ sub: 'b' }) })
    await tabs.passing(50, () => expect(hub.open).toBe(2))
    await settled(leader, other)
    expect(tabs.all.map((tab) => tab.info.get().role)).toEqual(['leader', 'leader'])
  })
})

describe('a credential', () => {
  const gone = () => {
    throw new Error('signed out here')
  }

  /** A leader whose own provider has nothing any more, and a follower with `lend`. */
  async function lending(lend: () => string | Promise<string>) {
    const first = jwt({ sub: 'a' }, 'first')
    let mine: () => string = () => first
    const leader = tabs.open({ token: () => mine() })
    follow(leader, 'a')
    await settled(leader)
    const other = tabs.open({ token: lend })
    follow(other, 'a')
    await settled(other)
    expect([leader, other].map((tab) => tab.info.get().role)).toEqual(['leader', 'follower'])
    mine = gone
    return { leader, other, first }
  }

  it('is lent by another tab of the same user', async () => {
    const second = jwt({ sub: 'a' }, 'second')
    const { leader } = await lending(() => second)
    hub.last.cut()
    await until(() => expect(leader.info.get().status).toBe('waiting'))
    tabs.clock.advance(1000)
    await until(() => expect(leader.info.get().status).toBe('open'))
    expect(bearer().at(-1)).toBe(`Bearer ${second}`)
    expect([leader, ...tabs.all].every((tab) => debug(tab).timersPending <= 1)).toBe(true)
  })

  it('is not lent by a tab where another user has signed in meanwhile', async () => {
    let sub = 'a'
    const { leader } = await lending(() => jwt({ sub }, 'lent'))
    sub = 'b'
    hub.last.cut()
    await until(() => expect(leader.info.get().status).toBe('waiting'))
    tabs.clock.advance(1000)
    await until(() => expect(hub.streams.length + Number(leader.info.get().status === 'failed')).toBeGreaterThan(1))
    await new Promise((resolve) => setTimeout(resolve, 50))
    const lent = `Bearer ${jwt({ sub: 'b' }, 'lent')}`
    const marker = leader.info.get().marker
    expect(hub.streams.filter((stream) => stream.marker === marker && stream.headers.authorization === lent)).toEqual(
      [],
    )
  })

  it('that no tab answers for is waited for 3 s, by the one timer', async () => {
    let asked = 0
    const { leader } = await lending(() => {
      asked += 1
      return asked === 1 ? jwt({ sub: 'a' }, 'other') : new Promise<string>(() => {})
    })
    hub.last.cut()
    await until(() => expect(leader.info.get().status).toBe('waiting'))
    tabs.clock.advance(1000)
    await until(() => expect(asked).toBe(2))
    expect([leader.info.get().status, debug(leader).timersPending]).toEqual(['connecting', 1])
    tabs.clock.advance(2900)
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(leader.info.get().status).toBe('connecting')
    tabs.clock.advance(200)
    await until(() => expect(['waiting', 'failed']).toContain(leader.info.get().status))
    expect(hub.streams).toHaveLength(1)
  })

  it('that is the refused one again does not count as another', async () => {
    const { leader, first } = await lending(() => jwt({ sub: 'a' }, 'first'))
    hub.onStream = (stream) => stream.refuse(401, {}, JSON.stringify({ code: 'unauthorized', detail: 'no' }))
    hub.last.cut()
    await until(() => expect(leader.info.get().status).toBe('waiting'))
    await tabs.passing(500, () => expect(leader.info.get().attempts).toBeGreaterThan(3))
    // Once as it was asked for; once refused, it is not sent again.
    expect(bearer()).toEqual([`Bearer ${first}`, `Bearer ${first}`])
  })
})
