/** The list of the web platform's own tests for EventSource: what it makes of a stream, and how it comes back. */
import { describe, expect, it } from 'vitest'
import { eventSourceLab, record, turns, until } from '../testing/event-source-lab.ts'
import { FakeClock } from '../testing/fake-clock.ts'

const lab = eventSourceLab()

/** What a first connection that sends these bytes, and then nothing, makes the source say. */
async function dataOf(bytes: string | Uint8Array, end = 'data: end of test\n\n'): Promise<string[]> {
  lab.server.onRequest = (exchange) => exchange.raw(bytes).raw(end)
  const seen = record(lab.make())
  await until(() => expect(seen.at(-1)?.data).toBe('end of test'))
  return seen.slice(0, -1).map(({ data }) => data ?? '')
}

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
    lab.server.onRequest = async (exchange) => {
      for (const byte of bytes) {
        exchange.raw(new Uint8Array([byte]))
        await turns()
      }
    }
    const seen = record(lab.make())
    await until(() => expect(seen).toHaveLength(3))
    expect(seen.map(({ data, id }) => [data, id])).toEqual([
      ['zwölf Boxkämpfer 😀', 'ü'],
      ['b', 'ü'],
      ['c', 'ü'],
    ])
  })

  it('an event before the end of the stream without its empty line is dropped, with its id', async () => {
    lab.server.onRequest = (exchange) => exchange.end('retry: 1\nid: 1\ndata: one\n\nid: 2\ndata: cut')
    const seen = record(lab.make())
    await until(() => expect(seen.length).toBeGreaterThan(2))
    expect([...new Set(seen.map(({ data }) => data))]).toEqual(['one'])
    expect(lab.server.exchanges[1]?.lastEventId).toBe('1')
  })

  it('an event field names the event, an empty one names it message, and names do not carry over', async () => {
    lab.server.onRequest = (exchange) =>
      exchange.raw('event:test\ndata:1\n\ndata:2\n\nevent:\ndata:3\n\nevent:a\nevent:b\ndata:4\n\n')
    const seen = record(lab.make(), 'test', 'a', 'b')
    await until(() => expect(seen).toHaveLength(4))
    expect(seen.map(({ type, data }) => `${type} ${data}`)).toEqual(['test 1', 'message 2', 'message 3', 'b 4'])
  })

  it('an event named error is a message, and the stream goes on', async () => {
    const source = lab.make()
    const events: Event[] = []
    source.onerror = (event) => events.push(event)
    await until(() => expect(source.readyState).toBe(1))
    lab.server.last.raw('event: error\ndata: out of tokens\n\n')
    await until(() => expect(events).toHaveLength(1))
    expect(events[0]).toBeInstanceOf(MessageEvent)
    expect([(events[0] as MessageEvent).data, source.readyState, lab.server.open]).toEqual(['out of tokens', 1, 1])
    lab.server.last.cut()
    await until(() => expect(events).toHaveLength(2))
    expect(events[1]).not.toBeInstanceOf(MessageEvent)
    expect(source.readyState).toBe(0)
  })
})

describe('ids', () => {
  it('come back as UTF-8 bytes in Last-Event-ID, and are kept over connections that name none', async () => {
    lab.server.onRequest = (exchange, number) =>
      exchange.end(number === 1 ? 'retry:1\nid:…😀\ndata:a\n\n' : 'data:b\n\n')
    const seen = record(lab.make())
    await until(() => expect(lab.server.exchanges.length).toBeGreaterThan(2))
    expect(lab.server.exchanges.slice(0, 3).map(({ lastEventId }) => lastEventId)).toEqual([undefined, '…😀', '…😀'])
    expect(seen.slice(0, 2).map(({ data, id }) => [data, id])).toEqual([
      ['a', '…😀'],
      ['b', '…😀'],
    ])
  })

  it('persist over events without one, and are reset by an empty one', async () => {
    lab.server.onRequest = (exchange, number) =>
      number === 1
        ? exchange.end('retry:1\nid: 1\ndata: a\n\ndata: b\n\nid:\ndata: c\n\nid: 2\ndata: d\n\nid\ndata: e\n\n')
        : exchange.head()
    const seen = record(lab.make())
    await until(() => expect(lab.server.exchanges).toHaveLength(2))
    expect(seen.map(({ id }) => id)).toEqual(['1', '1', '', '2', ''])
    expect(lab.server.last.lastEventId).toBeUndefined()
  })

  it('count without data, too', async () => {
    lab.server.onRequest = (exchange, number) =>
      number === 1 ? exchange.end('retry:1\nid: 7\n\n') : exchange.raw('data: a\n\n')
    const seen = record(lab.make())
    await until(() => expect(seen).toEqual([{ type: 'message', data: 'a', id: '7' }]))
    expect(lab.server.last.lastEventId).toBe('7')
  })

  it.each(['\0', 'x\0', '\0x', 'x\0x', ' \0'])('with NUL are ignored: %j', async (id) => {
    lab.server.onRequest = (exchange, number) =>
      number === 1 ? exchange.end(`retry:1\nid: 1\n\nid: ${id}\ndata: a\n\n`) : exchange.head()
    const seen = record(lab.make())
    await until(() => expect(lab.server.exchanges).toHaveLength(2))
    expect([seen[0]?.id, lab.server.last.lastEventId]).toEqual(['1', '1'])
  })
})

describe('reconnection', () => {
  it('says error while connecting, and opens again', async () => {
    lab.server.onRequest = (exchange, number) => (number < 3 ? exchange.end('retry:2\ndata:x\n\n') : exchange.head())
    const source = lab.make()
    const states: string[] = []
    for (const name of ['open', 'error', 'message']) {
      source.addEventListener(name, () => states.push(`${name} ${source.readyState}`))
    }
    await until(() => expect(states.filter((state) => state === 'open 1')).toHaveLength(3))
    const round = ['open 1', 'message 1', 'error 0']
    expect(states).toEqual([...round, ...round, 'open 1'])
    expect(lab.server.peak).toBe(1)
  })

  it.each([
    ['retry: 03000\n\n', 3000],
    ['retry:1500\nretry:x\nretry: 1 \nretry:1.5\nretry:-1\nretry\nretry:\n\n', 1500],
    ['data: none\n\n', 3000],
    ['retry: 99999999999\n\n', 2 ** 31 - 1],
  ])('waits as %j says: %d ms', async (text, ms) => {
    const clock = new FakeClock()
    lab.server.onRequest = (exchange) => exchange.end(text)
    lab.make({ clock })
    await until(() => expect(clock.timers).toBe(1))
    expect(clock.nextMs).toBe(ms)
    clock.advance(ms - 1)
    expect(lab.server.exchanges).toHaveLength(1)
    clock.advance(1)
    await until(() => expect(lab.server.exchanges).toHaveLength(2))
  })

  it('waits somewhat longer after attempts that did not open, and forgets it once one did', async () => {
    const clock = new FakeClock()
    lab.server.onRequest = (exchange, number) => (number === 4 ? exchange.end('retry: 100\n\n') : exchange.cut())
    lab.make({ clock, random: () => 0.5 })
    const waits: number[] = []
    for (let number = 1; number <= 4; number += 1) {
      await until(() => expect([lab.server.exchanges.length, clock.timers]).toEqual([number, 1]))
      waits.push(clock.nextMs)
      clock.advance(clock.nextMs)
    }
    expect(waits).toEqual([3500, 4000, 5000, 100])
  })

  it('happens after a cut socket', async () => {
    lab.server.onRequest = (exchange, number) => exchange.raw(`retry:1\ndata:${number}\n\n`)
    const seen = record(lab.make(), 'error')
    await until(() => expect(seen).toHaveLength(1))
    lab.server.last.cut()
    await until(() => expect(seen.map(({ type, data }) => data ?? type)).toEqual(['1', 'error', '2']))
  })

  it('ends with a 204', async () => {
    lab.server.onRequest = (exchange, number) => (number < 3 ? exchange.end('retry:2\n\n') : exchange.refuse(204))
    const source = lab.make()
    const seen = record(source, 'open', 'error')
    await until(() => expect(source.readyState).toBe(2))
    expect(seen.map(({ type }) => type)).toEqual(['open', 'error', 'open', 'error', 'error'])
    expect(lab.server.exchanges).toHaveLength(3)
  })
})
