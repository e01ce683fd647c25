/** The list of the web platform's own tests for EventSource, asserted against a real server: how it begins. */
import { describe, expect, it, vi } from 'vitest'
import { eventSourceLab, record, until } from '../testing/event-source-lab.ts'
import { FakeClock } from '../testing/fake-clock.ts'
import { SseServer } from '../testing/sse-server.ts'
import { EventSource } from './event-source.ts'

const lab = eventSourceLab()

describe('constructor', () => {
  it.each(['http://this is invalid/', 'http://[bogus', 'http://host:99999/', '/relative'])(
    'refuses %s with a SyntaxError, without a page to be relative to',
    (url) => {
      expect(() => lab.make({}, url)).toThrow(expect.objectContaining({ name: 'SyntaxError' }))
      expect(() => lab.make({}, url)).toThrow(DOMException)
    },
  )

  it('resolves relative and empty urls against the page', async () => {
    vi.stubGlobal('document', { baseURI: `${lab.server.origin}/a/b?c#d` })
    vi.stubGlobal('addEventListener', () => {})
    vi.stubGlobal('removeEventListener', () => {})
    expect(lab.make({}, '').url).toBe(`${lab.server.origin}/a/b?c`)
    expect(lab.make({}, 'x').url).toBe(`${lab.server.origin}/a/x`)
    await until(() => expect(lab.server.exchanges.map(({ path }) => path)).toEqual(['/a/b?c', '/a/x']))
  })

  it('resolves against the worker where there is no document', () => {
    vi.stubGlobal('location', { href: `${lab.server.origin}/worker.js` })
    expect(lab.make({}, 'x').url).toBe(`${lab.server.origin}/x`)
  })

  it('makes a string of its url', () => {
    expect(lab.make({}, new URL(lab.server.url)).url).toBe(lab.server.url)
    expect(lab.make({}, { toString: () => `${lab.server.origin}/object` } as unknown as URL).url).toBe(
      `${lab.server.origin}/object`,
    )
  })

  it('cannot be called without new', () => {
    expect(() => (EventSource as unknown as (url: string) => void)(lab.server.url)).toThrow(TypeError)
  })

  it.each(['ftp://localhost/', 'about:blank', 'mailto:whatwg@awesome.example', 'javascript:alert(1)'])(
    'fails %s with a plain error event, and no second one',
    async (url) => {
      const source = lab.make({}, url)
      const seen = record(source, 'error', 'open')
      expect(source.readyState).toBe(0)
      await until(() => expect(seen).toEqual([{ type: 'error' }]))
      expect(source.readyState).toBe(EventSource.CLOSED)
    },
  )

  it('fails an address with a password in it, which fetch cannot ask for', async () => {
    const source = lab.make({}, lab.server.url.replace('//', '//user:secret@'))
    const seen = record(source, 'error')
    await until(() => expect(seen).toEqual([{ type: 'error' }]))
    expect([source.readyState, lab.server.exchanges.length]).toEqual([2, 0])
  })

  it('refuses headers that cannot be sent', () => {
    expect(() => lab.make({ headers: { 'not a name': 'x' } })).toThrow(TypeError)
  })

  it('takes null for its options, and any value for withCredentials', () => {
    expect(lab.make(null).withCredentials).toBe(false)
    expect(lab.make({ withCredentials: 1 as unknown as boolean }).withCredentials).toBe(true)
  })
})

describe('interface', () => {
  it('has the states on the class and on each object, not to be changed', () => {
    const source = lab.make()
    expect([EventSource.CONNECTING, EventSource.OPEN, EventSource.CLOSED]).toEqual([0, 1, 2])
    expect([source.CONNECTING, source.OPEN, source.CLOSED]).toEqual([0, 1, 2])
    for (const name of ['CONNECTING', 'OPEN', 'CLOSED', 'readyState', 'url', 'withCredentials']) {
      expect(() => Object.assign(source, { [name]: 7 })).toThrow(TypeError)
    }
    expect([String(source), source.url, EventSource.length]).toEqual(['[object EventSource]', lab.server.url, 1])
  })

  it('stands in for the platform class', () => {
    const platform: typeof globalThis.EventSource = EventSource
    expect(platform.prototype).toBeInstanceOf(EventTarget)
  })

  it('has handlers that are null at first, take functions only, and go with null', async () => {
    const source = lab.make()
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
    lab.server.last.raw('data: 1\n\n')
    await until(() => expect(seen).toEqual([[true, '1']]))
    source.onmessage = null
    expect(source.onmessage).toBeNull()
    const after = record(source)
    lab.server.last.raw('data: 2\n\n')
    await until(() => expect(after).toHaveLength(1))
    expect(seen).toHaveLength(1)
  })

  it('keeps a handler where it was first set, among listeners', async () => {
    const source = lab.make()
    const order: string[] = []
    source.onopen = () => order.push('old')
    source.addEventListener('open', () => order.push('listener'))
    source.onopen = () => order.push('new')
    await until(() => expect(order).toEqual(['new', 'listener']))
  })

  it('opens with a plain event that does not bubble', async () => {
    const source = lab.make()
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
    lab.server.onRequest = (exchange) => exchange.refuse(307, { location: other.url })
    const source = lab.make()
    const event = await new Promise<MessageEvent>((resolve) => {
      source.onmessage = resolve
    })
    expect([event.data, event.lastEventId, event.origin, event.ports.length]).toEqual(['x', '5', other.origin, 0])
    expect([event.bubbles, event.cancelable, event.isTrusted, source.url]).toEqual([
      false,
      false,
      false,
      lab.server.url,
    ])
    source.close()
    await other.close()
  })

  it('takes away a listener', async () => {
    const source = lab.make()
    const seen: unknown[] = []
    const listener = () => seen.push('called')
    source.addEventListener('message', listener)
    source.removeEventListener('message', listener)
    const all = record(source)
    await until(() => expect(source.readyState).toBe(1))
    lab.server.last.raw('data: 1\n\n')
    await until(() => expect(all).toHaveLength(1))
    expect(seen).toEqual([])
  })
})

describe('request', () => {
  it('asks for an event stream past all caches, without an id', async () => {
    lab.make()
    await until(() => expect(lab.server.exchanges).toHaveLength(1))
    const { method, headers, lastEventId } = lab.server.last
    expect([method, headers.accept, headers['cache-control'], lastEventId]).toEqual([
      'GET',
      'text/event-stream',
      'no-cache',
      undefined,
    ])
  })

  it('sends headers of the application, asked for at each attempt', async () => {
    let count = 0
    lab.server.onRequest = (exchange, number) => (number === 1 ? exchange.end('retry: 1\n\n') : exchange.head())
    lab.make({
      headers: () => {
        count += 1
        return { authorization: `Bearer ${count}` }
      },
    })
    await until(() => expect(lab.server.exchanges).toHaveLength(2))
    expect(lab.server.exchanges.map(({ headers }) => headers.authorization)).toEqual(['Bearer 1', 'Bearer 2'])
  })

  it.each([
    [true, 'include'],
    [false, 'same-origin'],
  ])('withCredentials %s is the credentials mode %s', async (withCredentials, mode) => {
    const inits: (RequestInit | undefined)[] = []
    lab.make({
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
    lab.server.onRequest = (exchange) => {
      if (exchange.path === '/events') exchange.refuse(status, { location: '/other' })
      else exchange.raw('data: moved\n\n')
    }
    const seen = record(lab.make())
    await until(() => expect(seen.map(({ data }) => data)).toEqual(['moved']))
  })

  it('asks the first address again after a redirect', async () => {
    lab.server.onRequest = (exchange, number) => {
      if (exchange.path === '/events') exchange.refuse(302, { location: '/other' })
      else if (number === 2) exchange.end('retry: 1\n\n')
      else exchange.head()
    }
    lab.make()
    await until(() => expect(lab.server.exchanges).toHaveLength(4))
    expect(lab.server.exchanges.map(({ path }) => path)).toEqual(['/events', '/other', '/events', '/other'])
  })
})

describe('refusals', () => {
  it.each([201, 204, 205, 210, 299, 400, 401, 403, 404, 410, 500, 503])(
    'status %d fails it: closed, one error event, no other request',
    async (status) => {
      const clock = new FakeClock()
      lab.server.onRequest = (exchange) => exchange.refuse(status, { 'content-type': 'text/event-stream' })
      const source = lab.make({ clock })
      const seen = record(source, 'open', 'error')
      await until(() => expect(seen).toEqual([{ type: 'error' }]))
      expect([source.readyState, clock.timers, lab.server.exchanges.length]).toEqual([2, 0, 1])
    },
  )

  it.each(['text/x-bogus', 'text/event-streaming', 'application/json', 'text/html; x=text/event-stream'])(
    'the type %s fails it',
    async (type) => {
      lab.server.onRequest = (exchange) => exchange.head({ 'content-type': type }).raw('data: x\n\n')
      // One that ignores the signal: the body is let go also then.
      const source = lab.make({ fetch: (input) => fetch(input) })
      const seen = record(source, 'open', 'error')
      await until(() => expect(seen).toEqual([{ type: 'error' }]))
      expect(source.readyState).toBe(2)
      await until(() => expect(lab.server.open).toBe(0))
    },
  )

  it.each([
    'text/event-stream;',
    'text/event-stream ;charset=utf-8',
    'TEXT/Event-Stream',
    'text/event-stream;x bogus',
    'text/event-stream;charset=windows-1252',
  ])('the type %s opens it, always as UTF-8', async (type) => {
    lab.server.onRequest = (exchange) => exchange.head({ 'content-type': type }).raw('data: ok…\n\n')
    const seen = record(lab.make())
    await until(() => expect(seen.map(({ data }) => data)).toEqual(['ok…']))
  })

  it('an event without an end fails it, since it would come again', async () => {
    const piece = `data: ${'x'.repeat(1024 * 1024)}\n`
    lab.server.onRequest = (exchange) => {
      for (let i = 0; i < 17; i += 1) exchange.raw(piece)
    }
    const source = lab.make()
    const seen = record(source, 'error')
    await until(() => expect(seen).toEqual([{ type: 'error' }]))
    expect([source.readyState, lab.server.exchanges.length]).toEqual([2, 1])
    await until(() => expect(lab.server.open).toBe(0))
  })
})
