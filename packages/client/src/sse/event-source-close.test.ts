/** How an EventSource ends, and how it rests with its page. */
import { describe, expect, it, vi } from 'vitest'
import { eventSourceLab, record, turns, until } from '../testing/event-source-lab.ts'
import { FakeClock } from '../testing/fake-clock.ts'
import type { SseExchange } from '../testing/sse-server.ts'
import { EventSource } from './event-source.ts'

const lab = eventSourceLab()

describe('close', () => {
  it('in the turn in which it was made asks for nothing', async () => {
    const source = lab.make({ fetch: (input) => fetch(input) })
    source.close()
    expect(source.readyState).toBe(EventSource.CLOSED)
    await turns()
    expect(lab.server.exchanges).toHaveLength(0)
  })

  it('before the answer ends the request', async () => {
    lab.server.onRequest = () => {}
    const source = lab.make()
    const seen = record(source, 'open', 'error')
    await until(() => expect(lab.server.open).toBe(1))
    source.close()
    await until(() => expect(lab.server.open).toBe(0))
    expect(seen).toEqual([])
  })

  it('in the open handler ends it before its first message', async () => {
    lab.server.onRequest = (exchange) => exchange.raw('data: 1\n\n')
    const source = lab.make()
    const seen = record(source, 'error')
    source.onopen = () => source.close()
    await until(() => expect([lab.server.exchanges.length, lab.server.open]).toEqual([1, 0]))
    expect([seen.length, source.readyState]).toEqual([0, 2])
  })

  it('in a message handler keeps the rest of the piece from it', async () => {
    const clock = new FakeClock()
    lab.server.onRequest = (exchange) => exchange.raw('data: 1\n\ndata: 2\n\nid: 3\ndata: 3\n\n')
    const source = lab.make({ clock })
    const seen = record(source, 'error')
    source.onmessage = () => source.close()
    await until(() => expect([lab.server.exchanges.length, lab.server.open]).toEqual([1, 0]))
    expect(seen.map(({ data }) => data)).toEqual(['1'])
    expect(clock.timers).toBe(0)
  })

  it('in the error handler makes no timer', async () => {
    const clock = new FakeClock()
    lab.server.onRequest = (exchange) => exchange.end()
    const source = lab.make({ clock })
    let errors = 0
    source.onerror = () => {
      errors += 1
      source.close()
    }
    await until(() => expect(errors).toBe(1))
    await turns()
    expect([clock.timers, source.readyState, lab.server.exchanges.length]).toEqual([0, 2, 1])
  })

  it('between the retry and the next attempt stops the timer', async () => {
    const clock = new FakeClock()
    lab.server.onRequest = (exchange) => exchange.end()
    const source = lab.make({ clock })
    await until(() => expect(clock.timers).toBe(1))
    source.close()
    expect(clock.timers).toBe(0)
    source.close()
    expect(source.readyState).toBe(2)
  })

  it('while headers are asked for makes no request', async () => {
    let give: (headers: Record<string, string>) => void = () => {}
    const source = lab.make({
      headers: () =>
        new Promise((resolve) => {
          give = resolve
        }),
    })
    source.close()
    give({ a: 'b' })
    await turns()
    expect(lab.server.exchanges).toHaveLength(0)
  })

  it('lets go of an answer from a fetch that does not know the signal', async () => {
    lab.server.onRequest = () => {}
    const source = lab.make({ fetch: (input) => fetch(input) })
    const seen = record(source, 'open', 'error')
    await until(() => expect(lab.server.exchanges).toHaveLength(1))
    source.close()
    lab.server.last.raw('data: 1\n\n')
    await until(() => expect(lab.server.open).toBe(0))
    expect([seen, source.readyState]).toEqual([[], 2])
  })
})

describe('a page that is left', () => {
  const page = () => {
    const target = new EventTarget()
    vi.stubGlobal('document', { baseURI: lab.server.url })
    vi.stubGlobal('addEventListener', target.addEventListener.bind(target))
    vi.stubGlobal('removeEventListener', target.removeEventListener.bind(target))
    return (name: string) => target.dispatchEvent(new Event(name))
  }

  it('closes its stream and opens it again when restored, at once and without an error', async () => {
    const say = page()
    const clock = new FakeClock()
    lab.server.onRequest = (exchange, number) => exchange.raw(`id: ${number}\ndata: ${number}\n\n`)
    const source = lab.make({ clock })
    const seen = record(source, 'open', 'error')
    await until(() => expect(seen).toHaveLength(2))
    say('pageshow')
    say('pagehide')
    await until(() => expect(lab.server.open).toBe(0))
    expect([source.readyState, clock.timers, lab.server.exchanges.length]).toEqual([0, 0, 1])
    say('pageshow')
    await until(() => expect(seen).toHaveLength(4))
    expect(seen.map(({ type }) => type)).toEqual(['open', 'message', 'open', 'message'])
    expect([lab.server.last.lastEventId, lab.server.exchanges.length, lab.server.peak]).toEqual(['1', 2, 1])
  })

  it('while it waits for its next attempt drops the timer, and connects when restored', async () => {
    const say = page()
    const clock = new FakeClock()
    lab.server.onRequest = (exchange: SseExchange, number) => (number === 1 ? exchange.end() : exchange.head())
    const source = lab.make({ clock })
    await until(() => expect(clock.timers).toBe(1))
    say('pagehide')
    expect(clock.timers).toBe(0)
    say('pageshow')
    await until(() => expect(source.readyState).toBe(1))
    expect([lab.server.exchanges.length, lab.server.peak]).toEqual([2, 1])
  })

  it('asks again for what had arrived, but was not told before it was left', async () => {
    const say = page()
    let body: ReadableStreamDefaultController<Uint8Array> | undefined
    const ids: (string | null)[] = []
    const source = lab.make({
      fetch: async (_, init) => {
        ids.push(new Headers(init?.headers).get('last-event-id'))
        const stream = new ReadableStream<Uint8Array>({
          start(controller) {
            body = controller
          },
        })
        return new Response(stream, { headers: { 'content-type': 'text/event-stream' } })
      },
    })
    const seen = record(source)
    const bytes = (text: string) => body?.enqueue(new TextEncoder().encode(text))
    await until(() => expect(source.readyState).toBe(1))
    bytes('id: 1\ndata: a\n\n')
    await until(() => expect(seen).toHaveLength(1))
    bytes('id: 2\ndata: b\n\n')
    say('pagehide')
    await turns()
    say('pageshow')
    await until(() => expect(ids).toEqual([null, '1']))
    expect(seen).toHaveLength(1)
  })

  it('opens nothing when restored after close', async () => {
    const say = page()
    const source = lab.make()
    await until(() => expect(source.readyState).toBe(1))
    say('pagehide')
    source.close()
    say('pageshow')
    await until(() => expect(lab.server.open).toBe(0))
    await turns()
    expect([source.readyState, lab.server.exchanges.length]).toEqual([2, 1])
  })
})
