/** The development tools in Node, on real streams: what is told, when, and that all of it goes away. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createClient } from '../create.ts'
import type { ClientOptions, Logger } from '../options.ts'
import { flightOf } from '../recorder/flight-of.ts'
import { FlightRecorder } from '../recorder/flight-recorder.ts'
import { FakeClock } from '../testing/fake-clock.ts'
import { RawHub } from '../testing/raw-hub.ts'
import type { MonofilClient } from '../types.ts'
import { developmentTools } from './index.ts'
import { consoleLogger } from './log.ts'

type Line = readonly [level: string, message: string, fields: Readonly<Record<string, unknown>>]

let hub: RawHub
let clock: FakeClock
let stop: (() => void) | undefined
const clients: MonofilClient[] = []

beforeEach(async () => {
  vi.spyOn(console, 'debug').mockImplementation(() => {})
  hub = await RawHub.start()
  clock = new FakeClock()
})

afterEach(async () => {
  for (const client of clients.splice(0)) client.close()
  stop?.()
  stop = undefined
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
  await hub.close()
})

function make(options: ClientOptions = {}): MonofilClient {
  const client = createClient({ url: hub.url, clock, random: () => 0.5, share: 'tab', marker: 'm1', ...options })
  clients.push(client)
  return client
}

function listening(): { readonly lines: Line[]; readonly logger: Logger } {
  const lines: Line[] = []
  const line =
    (level: string) =>
    (message: string, fields = {}) =>
      void lines.push([level, message, fields])
  return { lines, logger: { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') } }
}

/** Spies on the console; answers the first argument of each line. */
function consoleLines(): string[] {
  const lines: string[] = []
  for (const level of ['debug', 'info', 'warn', 'error', 'log'] as const) {
    vi.spyOn(console, level).mockImplementation((text: unknown) => void lines.push(String(text)))
  }
  return lines
}

const until = (condition: () => void) => vi.waitFor(condition, { timeout: 5000, interval: 2 })
const opened = (client: MonofilClient) => until(() => expect(client.connection.get().status).toBe('open'))

describe('the log', () => {
  it('tells a life in sentences with the marker, in the console, and nothing without the tools', async () => {
    const lines = consoleLines()
    const quiet = make({ url: `${hub.url}/quiet`, marker: 'quiet' })
    quiet.connect()
    await until(() => expect(quiet.connection.get().status).toBe('failed'))
    expect(lines).toEqual([])
    stop = developmentTools()
    lines.length = 0
    const client = make()
    client.connect()
    await opened(client)
    hub.last.cut()
    await until(() => expect(client.connection.get().status).toBe('waiting'))
    client.connect()
    clock.advance(1000)
    await opened(client)
    client.disconnect()
    await until(() => expect(hub.open).toBe(0))
    expect(lines).toEqual([
      '[monofil m1] connect #1',
      '[monofil m1] open: c1 at the hub',
      '[monofil m1] error: the stream broke off',
      '[monofil m1] reconnect in 625 ms',
      '[monofil m1] timer already scheduled: reconnect in 625 ms',
      '[monofil m1] connect #2',
      '[monofil m1] open: c2 at the hub',
      '[monofil m1] disconnect',
    ])
  })

  it('shows both stacks of a second connect, once per place', async () => {
    const { lines, logger } = listening()
    stop = developmentTools({ logger })
    const client = make()
    const theFirstPlace = () => client.connect()
    const theSecondPlace = () => client.connect()
    theFirstPlace()
    for (let i = 0; i < 10; i += 1) theSecondPlace()
    await opened(client)
    for (let i = 0; i < 10; i += 1) theSecondPlace()
    const refused = lines.filter(([, message]) => message === 'monofil second connect refused')
    expect(refused).toHaveLength(2)
    expect(refused[0]?.[2]).toMatchObject({ marker: 'm1' })
    for (const [, , { first, second }] of refused) {
      expect(String(first).split('\n')[0]).toContain('theFirstPlace')
      expect(String(second).split('\n')[0]).toContain('theSecondPlace')
    }
    expect(hub.streams).toHaveLength(1)
  })

  it("goes to the client's own logger where it has one", async () => {
    const lines = consoleLines()
    const own = listening()
    stop = developmentTools()
    const client = make({ logger: own.logger })
    client.connect()
    client.connect()
    await opened(client)
    expect(own.lines.map(([, message]) => message)).toEqual([
      'monofil second connect refused',
      'monofil connect',
      'monofil open',
    ])
    expect(lines).toEqual([])
  })

  it('is written for people: lines that have no sentence keep their fields', () => {
    const lines: unknown[][] = []
    vi.spyOn(console, 'warn').mockImplementation((...line: unknown[]) => void lines.push(line))
    const error = new Error('boom')
    consoleLogger().warn('monofil gave up', { marker: 'm', reason: 'forbidden', error })
    consoleLogger().warn('monofil: something else', { marker: 'm', count: 3 })
    expect(lines).toEqual([
      ['[monofil m] gave up: forbidden', error],
      ['[monofil m] something else', { count: 3 }],
    ])
  })
})

describe('__monofil', () => {
  it('answers the debug of every client of the page, made before or after, and goes with the tools', async () => {
    expect(globalThis.__monofil).toBeUndefined()
    const before = make()
    stop = developmentTools()
    const again = developmentTools()
    const other = await RawHub.start()
    const after = make({ url: other.url, marker: 'm2' })
    before.subscribe('orders', {})
    await opened(before)
    expect(globalThis.__monofil?.()).toEqual([before.debug(), after.debug()])
    expect(globalThis.__monofil?.()).toMatchObject([
      { url: hub.url, marker: 'm1', open: true, refs: { orders: 1 }, activeConnections: 1 },
      { url: other.url, marker: 'm2', open: false, activeConnections: 0 },
    ])
    after.close()
    expect(globalThis.__monofil?.()).toHaveLength(1)
    again()
    again()
    expect(globalThis.__monofil).toBeDefined()
    stop()
    expect(globalThis.__monofil).toBeUndefined()
    await other.close()
  })

  it('counts a client that shares nothing, where there is a page', async () => {
    vi.stubGlobal('document', new EventTarget())
    stop = developmentTools()
    const [a, b] = [make({ share: 'none', marker: 'a' }), make({ share: 'none', marker: 'b' })]
    expect(globalThis.__monofil?.().map(({ marker }) => marker)).toEqual(['a', 'b'])
    a.close()
    expect(globalThis.__monofil?.().map(({ marker }) => marker)).toEqual(['b'])
    b.close()
    expect(globalThis.__monofil?.()).toEqual([])
  })
})

describe('a second stream to the hub', () => {
  let elsewhere: Server

  beforeEach(async () => {
    elsewhere = createServer((_, response) => response.writeHead(200, { 'content-type': 'text/event-stream' }).end())
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve))
  })

  afterEach(() => elsewhere.close())

  it('is warned of with its stack, once per place; ours and other origins are not', async () => {
    const { lines, logger } = listening()
    stop = developmentTools({ logger })
    const client = make()
    client.subscribe('orders', {})
    await opened(client)
    for (let i = 0; i < 5; i += 1) {
      client.reconnect('no second stream')
      await until(() => expect(hub.streams).toHaveLength(i + 2))
      await opened(client)
    }
    const { port } = elsewhere.address() as AddressInfo
    const headers = { accept: 'text/event-stream' }
    await (await fetch(`http://127.0.0.1:${port}/stream`, { headers })).text()
    await fetch(`${hub.url}/v1/runs`, { headers: { accept: 'application/json' } })
    const warnings = () => lines.filter(([level]) => level === 'warn')
    expect(warnings()).toEqual([])
    async function aNaiveHook(): Promise<void> {
      await fetch(`${hub.url}/v1/stream?ticket=secret`, { headers })
    }
    for (let i = 0; i < 3; i += 1) await aNaiveHook()
    expect(warnings()).toHaveLength(1)
    const [[, message, fields] = ['', '', {}]] = warnings()
    expect(message).toBe('monofil second stream')
    expect(fields).toMatchObject({ what: 'fetch', url: `${hub.url}/v1/stream`, marker: 'm1' })
    expect(String(fields['stack']).split('\n')[0]).toContain('aNaiveHook')
    await fetch(new Request(`${hub.url}/v1/other`, { headers }))
    expect(warnings()).toHaveLength(2)
  })

  it('is warned of for EventSource, which stays what it is; all is put back at the end', async () => {
    class Native {
      static readonly OPEN = 1
      readonly url: string
      constructor(url: string) {
        this.url = url
      }
    }
    vi.stubGlobal('EventSource', Native)
    const plain = globalThis.fetch
    const { lines, logger } = listening()
    stop = developmentTools({ logger, ignore: ({ pathname }) => pathname === '/meant' })
    const client = make()
    const source = new EventSource(`${hub.url}/v1/stream?topics=a`)
    expect(source).toBeInstanceOf(Native)
    expect([source.url, EventSource.OPEN, EventSource.name]).toEqual([
      `${hub.url}/v1/stream?topics=a`,
      1,
      'EventSource',
    ])
    expect(lines.map(([level, , { what }]) => [level, what])).toEqual([['warn', 'new EventSource']])
    expect(String(lines[0]?.[2]['stack']).split('\n')[0]).toContain('development.test.ts')
    new EventSource(`${hub.url}/meant`)
    client.close()
    new EventSource(`${hub.url}/v1/stream?topics=b`)
    expect(lines).toHaveLength(1)
    stop()
    expect([globalThis.EventSource, globalThis.fetch]).toEqual([Native, plain])
  })
})

describe('the recorder', () => {
  it("is the client's own, or one that the tools keep", async () => {
    const without = make()
    expect([without.recorder, flightOf(without)]).toEqual([undefined, null])
    stop = developmentTools()
    const flight = flightOf(without)
    without.connect()
    await opened(without)
    expect(flight?.entries().some((entry) => entry.kind === 'connection' && entry.after.status === 'open')).toBe(true)
    expect(flight?.export().clients).toMatchObject([{ marker: 'm1', status: 'open' }])
    const own = new FlightRecorder()
    const other = await RawHub.start()
    const given = make({ url: other.url, recorder: own })
    given.connect()
    await opened(given)
    expect(flightOf(given)).toBe(own)
    const connects = own.entries().filter((entry) => entry.kind === 'call' && entry.name === 'connect')
    expect(connects).toHaveLength(1)
    stop()
    expect([flightOf(given), given.recorder, without.recorder]).toEqual([own, own, undefined])
    await other.close()
  })
})
