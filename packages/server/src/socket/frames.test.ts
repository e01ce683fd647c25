import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeFrame, FrameReader, MAX_FRAME_BYTES } from './frames.ts'

function read(reader: FrameReader, chunk: Buffer): unknown[] {
  const bodies: unknown[] = []
  reader.push(chunk, (text) => bodies.push(JSON.parse(text)))
  return bodies
}

describe('frames', () => {
  it('come back whole and in order, wherever the chunks are cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.jsonValue({ noUnicodeString: false })),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }),
        (values, cuts) => {
          const bytes = Buffer.concat(values.map((value) => encodeFrame(value)))
          const reader = new FrameReader()
          const got: unknown[] = []
          let at = 0
          for (let turn = 0; at < bytes.length; turn++) {
            const size = cuts[turn % cuts.length] ?? 1
            got.push(...read(reader, bytes.subarray(at, at + size)))
            at += size
          }
          expect(got).toEqual(values.map((value) => JSON.parse(JSON.stringify(value))))
        },
      ),
    )
  })

  it('of 10 MB in chunks of 64 KiB are not copied again with each chunk', () => {
    const text = 'ü'.repeat(5_000_000)
    const bytes = encodeFrame({ text })
    const reader = new FrameReader()
    const bodies: unknown[] = []
    for (let at = 0; at < bytes.length; at += 65_536) bodies.push(...read(reader, bytes.subarray(at, at + 65_536)))
    expect(bodies).toEqual([{ text }])
  })

  it('that announce too much are refused before anything is held', () => {
    const header = Buffer.alloc(4)
    header.writeUInt32BE(MAX_FRAME_BYTES + 1)
    expect(() => read(new FrameReader(), header)).toThrow(/announced a frame of 67108865 bytes/)
  })

  it('are refused when a value is too large to send', () => {
    const half = 'x'.repeat(MAX_FRAME_BYTES / 2)
    expect(() => encodeFrame([half, half])).toThrow(expect.objectContaining({ code: 'too_large' }))
  })
})
