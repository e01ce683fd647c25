/** The list of the web platform's own tests for EventSource, asserted against a real server. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FakeClock } from '../testing/fake-clock.ts'
import { type SseExchange, SseServer } from '../testing/sse-server.ts'
import { EventSource, type EventSourceOptions } from './event-source.ts'

interface Seen {
  readonly type: string
  readonly data?: string
  readonly id?: string
}

let server: SseServer
const sources: EventSource[] = []

beforeEach(async () => {
  server = await SseServer.start()
})

afterEach(async () => {
  for (const source of sources.splice(0)) source.close()
  vi.unstubAllGlobals()
  await server.close()
})

function make(options: EventSourceOptions | null = {}, url: string | URL = server.url): EventSource {
  const source = new EventSource(url, options)
  sources.push(source)
  return source
}

const until = (condition: () => void) => vi.waitFor(condition, { timeout: 8000, interval: 2 })
const turn = () => new Promise((resolve) => setImmediate(resolve))

/** Everything a source says under these names, in order. */
function record(source: EventSource, ...names: string[]): Seen[] {
  const seen: Seen[] = []
  for (const name of ['message', ...names]) {
    source.addEventListener(name, (event: Event) => {
      if (event instanceof MessageEvent) seen.push({ type: event.type, data: event.data, id: event.lastEventId })
      else seen.push({ type: event.type })
    })
  }
  return seen
}

/** What a first connection that sends these bytes, and then nothing, makes the source say. */
async function dataOf(bytes: string | Uint8Array, end = 'data: end of test\n\n'): Promise<string[]> {
  server.onRequest = (exchange) => exchange.raw(bytes).raw(end)
  const seen = record(make())
  await until(() => expect(seen.at(-1)?.data).toBe('end of test'))
  return seen.slice(0, -1).map(({ data }) => data ?? '')
}

describe('constructor', () => {
  it.each(['http://this is invalid/', 'http://[bogus', 'http://host:99999/', '/relative'])(
    'refuses %s with a SyntaxError, without a page to be relative to',
    (url) => {
      expect(() => make({}, url)).toThrow(expect.objectContaining({ name: 'SyntaxError' }))
      expect(() => make({}, url)).toThrow(DOMException)
    },
  )

  it('resolves relative and empty urls against the page', async () => {
    vi.stubGlobal('document', { baseURI: `${server.origin}/a/b?c#d` })
    vi.stubGlobal('addEventListener', () => {})
    vi.stubGlobal('removeEventListener', () => {})
    expect(make({}, '').url).toBe(`${server.origin}/a/b?c`)
    expect(make({}, 'x').url).toBe(`${server.origin}/a/x`)
    await until(() => expect(server.exchanges.map(({ path }) => path)).toEqual(['/a/b?c', '/a/x']))
  })

  it('resolves against the worker where there is no document', () => {
    vi.stubGlobal('location', { href: `${server.origin}/worker.js` })
    expect(make({}, 'x').url).toBe(`${server.origin}/x`)
  })

  it('makes a string of its url', () => {
    expect(make({}, new URL(server.url)).url).toBe(server.url)
    expect(make({}, { toString: () => `${server.origin}/object` } as unknown as URL).url).toBe(
      `${server.origin}/object`,
    )
  })

  it('cannot be called without new', () => {
    expect(() => (EventSource as unknown as (url: string) => void)(server.url)).toThrow(TypeError)
  })

  it.each(['ftp://localhost/', 'about:blank', 'mailto:whatwg@awesome.example', 'javascript:alert(1)'])(
    'fails %s with a plain error event, and no second one',
    async (url) => {
      const source = make({}, url)
      const seen = record(source, 'error', 'open')
      expect(source.readyState).toBe(0)
      await until(() => expect(seen).toEqual([{ type: 'error' }]))
      expect(source.readyState).toBe(EventSource.CLOSED)
    },
  )

  it('fails an address with a password in it, which fetch cannot ask for', async () => {
    const source = make({}, server.url.replace('//', '//user:secret@'))
    const seen = record(source, 'error')
    await until(() => expect(seen).toEqual([{ type: 'error' }]))
    expect([source.readyState, server.exchanges.length]).toEqual([2, 0])
  })

  it('refuses headers that cannot be sent', () => {
    expect(() => make({ headers: { 'not a name': 'x' } })).toThrow(TypeError)
  })

  it('takes null for its options, and any value for withCredentials', () => {
    expect(make(null).withCredentials).toBe(false)
    expect(make({ withCredentials: 1 as unknown as boolean }).withCredentials).toBe(true)
  })
})

describe('interface', () => {
  it('has the states on the class and on each object, not to be changed', () => {
    const source = make()
    expect([EventSource.CONNECTING, EventSource.OPEN, EventSource.CLOSED]).toEqual([0, 1, 2])
    expect([source.CONNECTING, source.OPEN, source.CLOSED]).toEqual([0, 1, 2])
    for (const name of ['CONNECTING', 'OPEN', 'CLOSED', 'readyState', 'url', 'withCredentials']) {
      expect(() => Object.assign(source, { [name]: 7 })).toThrow(TypeError)
    }
    expect([String(source), source.url, EventSource.length]).toEqual(['[object EventSource]', server.url, 1])
  })

  it('stands in for the platform class', () => {
    const platform: typeof globalThis.EventSource = EventSource
    expect(platform.prototype).toBeInstanceOf(EventTarget)
  })

  it('has handlers that are null at first, take functions only, and go with null', async () => {
    const source = make()
    expect([source.onopen, source.onmessage, source.onerror]).toEqual([null, null, null])
    const seen: unknown[] = []
    const handler = function (this: unknown, event: MessageEvent) {
      seen.push([this === source, event.data])
    }
    source.onmessage = 'no function' as unknown as typeof handler
    expect(source.onmessage).toBeNull()
    source.onmessage = handler
    expect(source.onmessage).toBe(handler)
    await until(() => expect(source.readyState).toBe(1))
    server.last.raw('data: 1\n\n')
    await until(() => expect(seen).toEqual([[true, '1']]))
    source.onmessage = null
    expect(source.onmessage).toBeNull()
    const after = record(source)
    server.last.raw('data: 2\n\n')
    await until(() => expect(after).toHaveLength(1))
    expect(seen).toHaveLength(1)
  })

  it('keeps a handler where it was first set, among listeners', async () => {
    const source = make()
    const order: string[] = []
    source.onopen = () => order.push('old')
    source.addEventListener('open', () => order.push('listener'))
    source.onopen = () => order.push('new')
    await until(() => expect(order).toEqual(['new', 'listener']))
  })

  it('opens with a plain event that does not bubble', async () => {
    const source = make()
    const event = await new Promise<Event>((resolve) => {
      source.onopen = resolve
    })
    expect(event).not.toBeInstanceOf(MessageEvent)
    expect([event.type, event.bubbles, event.cancelable, 'data' in event]).toEqual(['open', false, false, false])
    expect(source.readyState).toBe(EventSource.OPEN)
  })

  it('gives a MessageEvent with data, id and the origin of the final url', async () => {
    const other = await SseServer.start()
    other.onRequest = (exchange) => exchange.raw('id: 5\ndata: x\n\n')
    server.onRequest = (exchange) => exchange.refuse(307, { location: other.url })
    const source = make()
    const event = await new Promise<MessageEvent>((resolve) => {
      source.onmessage = resolve
    })
    expect([event.data, event.lastEventId, event.origin, event.ports.length]).toEqual(['x', '5', other.origin, 0])
    expect([event.bubbles, event.cancelable, event.isTrusted, source.url]).toEqual([false, false, false, server.url])
    source.close()
    await other.close()
  })

  it('takes away a listener', async () => {
    const source = make()
    const seen: unknown[] = []
    const listener = () => seen.push('called')
    source.addEventListener('message', listener)
    source.removeEventListener('message', listener)
    const all = record(source)
    await until(() => expect(source.readyState).toBe(1))
    server.last.raw('data: 1\n\n')
    await until(() => expect(all).toHaveLength(1))
    expect(seen).toEqual([])
  })
})

describe('request', () => {
  it('asks for an event stream past all caches, without an id', async () => {
    make()
    await until(() => expect(server.exchanges).toHaveLength(1))
    const { method, headers, lastEventId } = server.last
    expect([method, headers.accept, headers['cache-control'], lastEventId]).toEqual([
      'GET',
      'text/event-stream',
      'no-cache',
      undefined,
    ])
  })

  it('sends headers of the application, asked for at each attempt', async () => {
    let count = 0
    server.onRequest = (exchange, number) => (number === 1 ? exchange.end('retry: 1\n\n') : exchange.head())
    make({
      headers: () => {
        count += 1
        return { authorization: `Bearer ${count}` }
      },
    })
    await until(() => expect(server.exchanges).toHaveLength(2))
    expect(server.exchanges.map(({ headers }) => headers.authorization)).toEqual(['Bearer 1', 'Bearer 2'])
  })

  it.each([
    [true, 'include'],
    [false, 'same-origin'],
  ])('withCredentials %s is the credentials mode %s', async (withCredentials, mode) => {
    const inits: (RequestInit | undefined)[] = []
    make({
      withCredentials,
      fetch: (input, init) => {
        inits.push(init)
        return fetch(input, init)
      },
    })
    await until(() => expect(inits.map((init) => init?.credentials)).toEqual([mode]))
    expect(inits[0]?.cache).toBe('no-store')
  })

  it.each([301, 302, 303, 307, 308])('follows a %d', async (status) => {
    server.onRequest = (exchange) => {
      if (exchange.path === '/events') exchange.refuse(status, { location: '/other' })
      else exchange.raw('data: moved\n\n')
    }
    const seen = record(make())
    await until(() => expect(seen.map(({ data }) => data)).toEqual(['moved']))
  })

  it('asks the first address again after a redirect', async () => {
    server.onRequest = (exchange, number) => {
      if (exchange.path === '/events') exchange.refuse(302, { location: '/other' })
      else if (number === 2) exchange.end('retry: 1\n\n')
      else exchange.head()
    }
    make()
    await until(() => expect(server.exchanges).toHaveLength(4))
    expect(server.exchanges.map(({ path }) => path)).toEqual(['/events', '/other', '/events', '/other'])
  })
})

describe('refusals', () => {
  it.each([201, 204, 205, 210, 299, 400, 401, 403, 404, 410, 500, 503])(
    'status %d fails it: closed, one error event, no other request',
    async (status) => {
      const clock = new FakeClock()
      server.onRequest = (exchange) => exchange.refuse(status, { 'content-type': 'text/event-stream' })
      const source = make({ clock })
      const seen = record(source, 'open', 'error')
      await until(() => expect(seen).toEqual([{ type: 'error' }]))
      expect([source.readyState, clock.timers, server.exchanges.length]).toEqual([2, 0, 1])
    },
  )

  it.each(['text/x-bogus', 'text/event-streaming', 'application/json', 'text/html; x=text/event-stream'])(
    'the type %s fails it',
    async (type) => {
      server.onRequest = (exchange) => exchange.head({ 'content-type': type }).raw('data: x\n\n')
      const source = make()
      const seen = record(source, 'open', 'error')
      await until(() => expect(seen).toEqual([{ type: 'error' }]))
      expect(source.readyState).toBe(2)
      await until(() => expect(server.open).toBe(0))
    },
  )

  it.each([
    'text/event-stream;',
    'text/event-stream ;charset=utf-8',
    'TEXT/Event-Stream',
    'text/event-stream;x bogus',
    'text/event-stream;charset=windows-1252',
  ])('the type %s opens it, always as UTF-8', async (type) => {
    server.onRequest = (exchange) => exchange.head({ 'content-type': type }).raw('data: ok…\n\n')
    const seen = record(make())
    await until(() => expect(seen.map(({ data }) => data)).toEqual(['ok…']))
  })

  it('an event without an end fails it, since it would come again', async () => {
    const piece = `data: ${'x'.repeat(1024 * 1024)}\n`
    server.onRequest = (exchange) => {
      for (let i = 0; i < 17; i += 1) exchange.raw(piece)
    }
    const source = make()
    const seen = record(source, 'error')
    await until(() => expect(seen).toEqual([{ type: 'error' }]))
    expect([source.readyState, server.exchanges.length]).toEqual([2, 1])
  })
})

describe('format', () => {
  it.each<[string, string | Uint8Array, string[]]>([
    ['one byte order mark is stripped', '\ufeffdata:1\n\ndata:2\n\n', ['1', '2']],
    ['a second byte order mark breaks the first field name', '\ufeff\ufeffdata:1\n\ndata:2\n\ndata:3\n\n', ['2', '3']],
    ['a byte order mark later on breaks its field name', 'data:1\n\n\ufeffdata:2\n\ndata:3\n\n', ['1', '3']],
    [
      'comments are ignored: with NUL, long, with all line ends',
      `data:1\r:\0\n:\r\ndata:2\n:${'x'.repeat(4096)}\r:data:3\ndata:4\n\n`,
      ['1\n2\n4'],
    ],
    [
      'data: lines join, a lone field name is an empty line, other fields and cases are ignored',
      'data:msg\ndata: msg\n\n:\nfalsefield:msg\n\nfalsefield:msg\nData:data\n\ndata\n\ndata:end\n\n',
      ['msg\nmsg', '', 'end'],
    ],
    ['data: empty lines count', 'data:\n\ndata\ndata\n\ndata:test\n\n', ['', '\n', 'test']],
    [
      'field names are exact',
      'data:\0\ndata:  2\rData:1\ndata\0:2\ndata:1\r\0data:4\nda-ta:3\rdata_5\ndata:3\rdata:\r\n data:32\ndata:4\n\n',
      ['\0\n 2\n1\n3\n\n4'],
    ],
    ['one leading space is stripped, a tab is not', 'data:\ttest\rdata: \ndata:test\n\n', ['\ttest\n\ntest']],
    ['CR, LF and CRLF end a line', 'data:test\r\ndata\ndata:test\r\n\r\n', ['test\n\ntest']],
    ['NUL is data', 'data:\0\n\n\n\n', ['\0']],
    [
      'bytes that are no UTF-8 become U+FFFD',
      new Uint8Array([0x64, 0x61, 0x74, 0x61, 0x3a, 0xe2, 0x0a, 0x0a]),
      ['\ufffd'],
    ],
    ['no event without data', 'event: x\nid: 3\n\n\n\n', []],
  ])('%s', async (_name, bytes, expected) => expect(await dataOf(bytes)).toEqual(expected))

  it('gives the same whichever way the bytes are cut', async () => {
    const bytes = new TextEncoder().encode('\ufeffid: ü\r\ndata: zwölf Boxkämpfer 😀\r\n\r\ndata: b\r\rdata: c\n\n')
    server.onRequest = async (exchange) => {
      for (const byte of bytes) {
        exchange.raw(new Uint8Array([byte]))
        await turn()
      }
    }
    const seen = record(make())
    await until(() => expect(seen).toHaveLength(3))
    expect(seen.map(({ data, id }) => [data, id])).toEqual([
      ['zwölf Boxkämpfer 😀', 'ü'],
      ['b', 'ü'],
      ['c', 'ü'],
    ])
  })

  it('an event before the end of the stream without its empty line is dropped, with its id', async () => {
    server.onRequest = (exchange) => exchange.end('retry: 1\nid: 1\ndata: one\n\nid: 2\ndata: cut')
    const seen = record(make())
    await until(() => expect(seen.length).toBeGreaterThan(2))
    expect([...new Set(seen.map(({ data }) => data))]).toEqual(['one'])
    expect(server.exchanges[1]?.lastEventId).toBe('1')
  })

  it('an event field names the event, an empty one names it message, and names do not carry over', async () => {
    server.onRequest = (exchange) =>
      exchange.raw('event:test\ndata:1\n\ndata:2\n\nevent:\ndata:3\n\nevent:a\nevent:b\ndata:4\n\n')
    const seen = record(make(), 'test', 'a', 'b')
    await until(() => expect(seen).toHaveLength(4))
    expect(seen.map(({ type, data }) => `${type} ${data}`)).toEqual(['test 1', 'message 2', 'message 3', 'b 4'])
  })

  it('an event named error is a message, and the stream goes on', async () => {
    const source = make()
    const events: Event[] = []
    source.onerror = (event) => events.push(event)
    await until(() => expect(source.readyState).toBe(1))
    server.last.raw('event: error\ndata: out of tokens\n\n')
    await until(() => expect(events).toHaveLength(1))
    expect(events[0]).toBeInstanceOf(MessageEvent)
    expect([(events[0] as MessageEvent).data, source.readyState, server.open]).toEqual(['out of tokens', 1, 1])
    server.last.cut()
    await until(() => expect(events).toHaveLength(2))
    expect(events[1]).not.toBeInstanceOf(MessageEvent)
    expect(source.readyState).toBe(0)
  })
})

describe('ids', () => {
  it('come back as UTF-8 bytes in Last-Event-ID, and are kept over connections that name none', async () => {
    server.onRequest = (exchange, number) => exchange.end(number === 1 ? 'retry:1\nid:…😀\ndata:a\n\n' : 'data:b\n\n')
    const seen = record(make())
    await until(() => expect(server.exchanges.length).toBeGreaterThan(2))
    expect(server.exchanges.slice(0, 3).map(({ lastEventId }) => lastEventId)).toEqual([undefined, '…😀', '…😀'])
    expect(seen.slice(0, 2).map(({ data, id }) => [data, id])).toEqual([
      ['a', '…😀'],
      ['b', '…😀'],
    ])
  })

  it('persist over events without one, and are reset by an empty one', async () => {
    server.onRequest = (exchange, number) =>
      number === 1
        ? exchange.end('retry:1\nid: 1\ndata: a\n\ndata: b\n\nid:\ndata: c\n\nid: 2\ndata: d\n\nid\ndata: e\n\n')
        : exchange.head()
    const seen = record(make())
    await until(() => expect(server.exchanges).toHaveLength(2))
    expect(seen.map(({ id }) => id)).toEqual(['1', '1', '', '2', ''])
    expect(server.last.lastEventId).toBeUndefined()
  })

  it('count without data, too', async () => {
    server.onRequest = (exchange, number) =>
      number === 1 ? exchange.end('retry:1\nid: 7\n\n') : exchange.raw('data: a\n\n')
    const seen = record(make())
    await until(() => expect(seen).toEqual([{ type: 'message', data: 'a', id: '7' }]))
    expect(server.last.lastEventId).toBe('7')
  })

  it.each(['\0', 'x\0', '\0x', 'x\0x', ' \0'])('with NUL are ignored: %j', async (id) => {
    server.onRequest = (exchange, number) =>
      number === 1 ? exchange.end(`retry:1\nid: 1\n\nid: ${id}\ndata: a\n\n`) : exchange.head()
    const seen = record(make())
    await until(() => expect(server.exchanges).toHaveLength(2))
    expect([seen[0]?.id, server.last.lastEventId]).toEqual(['1', '1'])
  })
})

describe('reconnection', () => {
  it('says error while connecting, and opens again', async () => {
    server.onRequest = (exchange, number) => (number < 3 ? exchange.end('retry:2\ndata:x\n\n') : exchange.head())
    const source = make()
    const states: string[] = []
    for (const name of ['open', 'error', 'message']) {
      source.addEventListener(name, () => states.push(`${name} ${source.readyState}`))
    }
    await until(() => expect(states.filter((state) => state === 'open 1')).toHaveLength(3))
    const round = ['open 1', 'message 1', 'error 0']
    expect(states).toEqual([...round, ...round, 'open 1'])
    expect(server.peak).toBe(1)
  })

  it.each([
    ['retry: 03000\n\n', 3000],
    ['retry:1500\nretry:x\nretry: 1 \nretry:1.5\nretry:-1\nretry\nretry:\n\n', 1500],
    ['data: none\n\n', 3000],
    ['retry: 99999999999\n\n', 2 ** 31 - 1],
  ])('waits as %j says: %d ms', async (text, ms) => {
    const clock = new FakeClock()
    server.onRequest = (exchange) => exchange.end(text)
    make({ clock })
    await until(() => expect(clock.timers).toBe(1))
    expect(clock.nextMs).toBe(ms)
    clock.advance(ms - 1)
    expect(server.exchanges).toHaveLength(1)
    clock.advance(1)
    await until(() => expect(server.exchanges).toHaveLength(2))
  })

  it('waits somewhat longer after attempts that did not open, and forgets it once one did', async () => {
    const clock = new FakeClock()
    server.onRequest = (exchange, number) => (number === 4 ? exchange.end('retry: 100\n\n') : exchange.cut())
    make({ clock, random: () => 0.5 })
    const waits: number[] = []
    for (let number = 1; number <= 4; number += 1) {
      await until(() => expect([server.exchanges.length, clock.timers]).toEqual([number, 1]))
      waits.push(clock.nextMs)
      clock.advance(clock.nextMs)
    }
    expect(waits).toEqual([3500, 4000, 5000, 100])
  })

  it('happens after a cut socket', async () => {
    server.onRequest = (exchange, number) => exchange.raw(`retry:1\ndata:${number}\n\n`)
    const seen = record(make(), 'error')
    await until(() => expect(seen).toHaveLength(1))
    server.last.cut()
    await until(() => expect(seen.map(({ type, data }) => data ?? type)).toEqual(['1', 'error', '2']))
  })

  it('ends with a 204', async () => {
    server.onRequest = (exchange, number) => (number < 3 ? exchange.end('retry:2\n\n') : exchange.refuse(204))
    const source = make()
    const seen = record(source, 'open', 'error')
    await until(() => expect(source.readyState).toBe(2))
    expect(seen.map(({ type }) => type)).toEqual(['open', 'error', 'open', 'error', 'error'])
    expect(server.exchanges).toHaveLength(3)
  })
})

describe('close', () => {
  it('in the turn in which it was made asks for nothing', async () => {
    const source = make()
    source.close()
    expect(source.readyState).toBe(EventSource.CLOSED)
    for (let i = 0; i < 20; i += 1) await turn()
    expect(server.exchanges).toHaveLength(0)
  })

  it('before the answer ends the request', async () => {
    server.onRequest = () => {}
    const source = make()
    const seen = record(source, 'open', 'error')
    await until(() => expect(server.open).toBe(1))
    source.close()
    await until(() => expect(server.open).toBe(0))
    expect(seen).toEqual([])
  })

  it('in the open handler ends it before its first message', async () => {
    server.onRequest = (exchange) => exchange.raw('data: 1\n\n')
    const source = make()
    const seen = record(source, 'error')
    source.onopen = () => source.close()
    await until(() => expect([server.exchanges.length, server.open]).toEqual([1, 0]))
    expect([seen.length, source.readyState]).toEqual([0, 2])
  })

  it('in a message handler keeps the rest of the piece from it', async () => {
    const clock = new FakeClock()
    server.onRequest = (exchange) => exchange.raw('data: 1\n\ndata: 2\n\nid: 3\ndata: 3\n\n')
    const source = make({ clock })
    const seen = record(source, 'error')
    source.onmessage = () => source.close()
    await until(() => expect([server.exchanges.length, server.open]).toEqual([1, 0]))
    expect(seen.map(({ data }) => data)).toEqual(['1'])
    expect(clock.timers).toBe(0)
  })

  it('in the error handler makes no timer', async () => {
    const clock = new FakeClock()
    server.onRequest = (exchange) => exchange.end()
    const source = make({ clock })
    let errors = 0
    source.onerror = () => {
      errors += 1
      source.close()
    }
    await until(() => expect(errors).toBe(1))
    await turn()
    expect([clock.timers, source.readyState, server.exchanges.length]).toEqual([0, 2, 1])
  })

  it('between the retry and the next attempt stops the timer', async () => {
    const clock = new FakeClock()
    server.onRequest = (exchange) => exchange.end()
    const source = make({ clock })
    await until(() => expect(clock.timers).toBe(1))
    source.close()
    expect(clock.timers).toBe(0)
    source.close()
    expect(source.readyState).toBe(2)
  })

  it('while headers are asked for makes no request', async () => {
    let give: (headers: Record<string, string>) => void = () => {}
    const source = make({
      headers: () =>
        new Promise((resolve) => {
          give = resolve
        }),
    })
    source.close()
    give({ a: 'b' })
    for (let i = 0; i < 20; i += 1) await turn()
    expect(server.exchanges).toHaveLength(0)
  })

  it('lets go of an answer from a fetch that does not know the signal', async () => {
    const source = make({ fetch: (input) => fetch(input) })
    await until(() => expect(server.exchanges).toHaveLength(1))
    source.close()
    await until(() => expect(server.open).toBe(0))
  })
})

describe('a page that is left', () => {
  const page = () => {
    const target = new EventTarget()
    vi.stubGlobal('document', { baseURI: server.url })
    vi.stubGlobal('addEventListener', target.addEventListener.bind(target))
    vi.stubGlobal('removeEventListener', target.removeEventListener.bind(target))
    return (name: string) => target.dispatchEvent(new Event(name))
  }

  it('closes its stream and opens it again when restored, at once and without an error', async () => {
    const say = page()
    const clock = new FakeClock()
    server.onRequest = (exchange, number) => exchange.raw(`id: ${number}\ndata: ${number}\n\n`)
    const source = make({ clock })
    const seen = record(source, 'open', 'error')
    await until(() => expect(seen).toHaveLength(2))
    say('pageshow')
    say('pagehide')
    await until(() => expect(server.open).toBe(0))
    expect([source.readyState, clock.timers, server.exchanges.length]).toEqual([0, 0, 1])
    say('pageshow')
    await until(() => expect(seen).toHaveLength(4))
    expect(seen.map(({ type }) => type)).toEqual(['open', 'message', 'open', 'message'])
    expect([server.last.lastEventId, server.exchanges.length, server.peak]).toEqual(['1', 2, 1])
  })

  it('while it waits for its next attempt drops the timer, and connects when restored', async () => {
    const say = page()
    const clock = new FakeClock()
    server.onRequest = (exchange: SseExchange, number) => (number === 1 ? exchange.end() : exchange.head())
    const source = make({ clock })
    await until(() => expect(clock.timers).toBe(1))
    say('pagehide')
    expect(clock.timers).toBe(0)
    say('pageshow')
    await until(() => expect(source.readyState).toBe(1))
    expect([server.exchanges.length, server.peak]).toEqual([2, 1])
  })

  it('opens nothing when restored after close', async () => {
    const say = page()
    const source = make()
    await until(() => expect(source.readyState).toBe(1))
    say('pagehide')
    source.close()
    say('pageshow')
    await until(() => expect(server.open).toBe(0))
    for (let i = 0; i < 20; i += 1) await turn()
    expect([source.readyState, server.exchanges.length]).toEqual([2, 1])
  })
})
