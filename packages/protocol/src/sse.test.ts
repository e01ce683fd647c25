import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSseDecoder, type SseMessage } from './sse-decode.ts'
import { encodeSse } from './sse-encode.ts'

function decode(...pieces: string[]): SseMessage[] {
  const messages: SseMessage[] = []
  const decoder = createSseDecoder({ onMessage: (message) => messages.push(message) })
  for (const piece of pieces) decoder.feed(piece)
  return messages
}

/** What data becomes on the way: every kind of line break is a line feed (WHATWG HTML 9.2.6). */
const normal = (text: string): string => text.replaceAll(/\r\n|\r/g, '\n')

describe('encoding', () => {
  it('puts each line of data on a line of its own', () => {
    expect(encodeSse({ event: 'hello', id: '7', data: 'a\nb\r\nc\rd' })).toBe(
      'event: hello\nid: 7\ndata: a\ndata: b\ndata: c\ndata: d\n\n',
    )
  })

  it('writes an id without data as a block of its own', () => expect(encodeSse({ id: 'e:1' })).toBe('id: e:1\n\n'))

  it.each(['a\nb', 'a\rb', 'a\r\nb', 'a\0b', ''])('refuses the event name %j', (event) =>
    expect(() => encodeSse({ event, data: '' })).toThrow(TypeError),
  )
  it.each(['a\nb', 'a\rb', 'a\0b', 'é', '\u2028'])('refuses the id %j', (id) =>
    expect(() => encodeSse({ id, data: '' })).toThrow(TypeError),
  )
  it.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('refuses retry %d', (retry) =>
    expect(() => encodeSse({ retry })).toThrow(TypeError),
  )

  it('cannot be reached into through data, however it is cut', () => {
    const nasty = fc.string({
      unit: fc.constantFrom('a', '\n', '\r', ':', ' ', 'data', 'event: x', 'id: 1', '\0', '\u2028', '😀'),
    })
    fc.assert(
      fc.property(nasty, nasty, fc.array(fc.nat(40), { maxLength: 6 }), (one, two, cuts) => {
        const text = encodeSse({ data: one }) + encodeSse({ event: 'state', data: two })
        const pieces: string[] = []
        let rest = text
        for (const cut of cuts) {
          pieces.push(rest.slice(0, cut))
          rest = rest.slice(cut)
        }
        const messages = decode(...pieces, rest)
        expect(messages.map(({ event, data }) => ({ event, data }))).toEqual([
          { event: 'message', data: normal(one) },
          { event: 'state', data: normal(two) },
        ])
      }),
    )
  })
})

describe('decoding', () => {
  it('takes a byte order mark, comments and all line ends', () => {
    expect(decode('\ufeffdata: a\r\n\r\n: ping\rdata: b\r\r', 'data: c\n\n').map((message) => message.data)).toEqual([
      'a',
      'b',
      'c',
    ])
  })

  it('says retry and comments', () => {
    const seen: unknown[] = []
    const decoder = createSseDecoder({
      onMessage: () => {},
      onRetry: (ms) => seen.push(ms),
      onComment: (text) => seen.push(text),
    })
    decoder.feed('retry: 1500\n: alive\n\n')
    expect(seen).toEqual([1500, 'alive'])
  })

  it('says the id of each complete block, also of one without data', () => {
    const seen: unknown[] = []
    const decoder = createSseDecoder({ onMessage: ({ data }) => seen.push(data), onId: (id) => seen.push(`id ${id}`) })
    decoder.feed('id: 1\ndata: a\n\nid: 2\n\nid\n\nid: 3\ndata: cut')
    expect(seen).toEqual(['id 1', 'a', 'id 2', 'id '])
  })

  it('does not hold more than its bound of a block without an end', () => {
    let overflow: Error | undefined
    const decoder = createSseDecoder({ onMessage: () => {}, onOverflow: (error) => (overflow = error) }, 1024)
    try {
      for (let i = 0; i < 4; i += 1) decoder.feed(`data: ${'x'.repeat(600)}`)
    } catch {
      // Fed again after the overflow: refused, as documented.
    }
    expect(overflow).toBeInstanceOf(Error)
  })
})
