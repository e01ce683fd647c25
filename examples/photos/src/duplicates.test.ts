import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findDuplicates, HASH_DISTANCE_MAX, hashDistance, type Likeness } from './duplicates.ts'
import { seeded } from './random.ts'

const GRID = Buffer.from(Array.from({ length: 48 }, (_, at) => (at * 37) % 256)).toString('hex')

function likeness(file: string, rest: Partial<Likeness> = {}): Likeness {
  return { file, hash: '0'.repeat(16), grid: GRID, width: 300, height: 200, sharpness: 30, bytes: 1000, ...rest }
}

/** A hash with these bits flipped. */
function flip(hash: string, bits: readonly number[]): string {
  const value = bits.reduce((sum, bit) => sum ^ (1n << BigInt(bit)), BigInt(`0x${hash}`))
  return value.toString(16).padStart(16, '0')
}

describe('hashDistance', () => {
  test('counts the bits that differ', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 64n - 1n), fc.uniqueArray(fc.nat(63)), (value, bits) => {
        const hash = value.toString(16).padStart(16, '0')
        expect(hashDistance(hash, flip(hash, bits))).toBe(bits.length)
      }),
    )
  })
})

describe('findDuplicates', () => {
  test('groups what is near in hash and colours, and keeps the best', () => {
    const groups = findDuplicates([
      likeness('small.jpg', { hash: flip('0'.repeat(16), [3, 9]), width: 150, height: 100 }),
      likeness('original.jpg'),
      likeness('other.jpg', { hash: 'f'.repeat(16) }),
      likeness('saved again.jpg', { bytes: 700 }),
    ])
    expect(groups).toEqual([
      {
        keep: 'original.jpg',
        others: [
          { file: 'saved again.jpg', distance: 0 },
          { file: 'small.jpg', distance: 2 },
        ],
      },
    ])
  })

  test('a brightened copy stays near, another picture with the same hash does not', () => {
    const bright = Buffer.from(Buffer.from(GRID, 'hex').map((value) => Math.min(255, value * 0.8 + 40))).toString('hex')
    const mirrored = Buffer.from(Buffer.from(GRID, 'hex').toReversed()).toString('hex')
    expect(findDuplicates([likeness('a'), likeness('b', { grid: bright })])).toHaveLength(1)
    expect(findDuplicates([likeness('a'), likeness('b', { grid: mirrored })])).toEqual([])
  })

  test('pictures of one colour are alike when it is the same colour', () => {
    const flat = (level: string) => ({ grid: level.repeat(48) })
    expect(findDuplicates([likeness('a', flat('ff')), likeness('b', flat('fe')), likeness('c', flat('00'))])).toEqual([
      { keep: 'a', others: [{ file: 'b', distance: 0 }] },
    ])
    expect(findDuplicates([likeness('a', flat('80')), likeness('b')])).toEqual([])
  })

  test('another shape is another picture', () => {
    expect(findDuplicates([likeness('a'), likeness('b', { width: 200, height: 300 })])).toEqual([])
  })

  test('far hashes need nearer colours', () => {
    const far = flip('0'.repeat(16), [...Array(HASH_DISTANCE_MAX).keys()])
    const tooFar = flip('0'.repeat(16), [...Array(HASH_DISTANCE_MAX + 1).keys()])
    expect(findDuplicates([likeness('a'), likeness('b', { hash: far })])).toHaveLength(1)
    expect(findDuplicates([likeness('a'), likeness('b', { hash: tooFar })])).toEqual([])
  })

  test('every photo is in one group at most, whatever the order', () => {
    const photos = fc.array(
      fc.record({ bits: fc.uniqueArray(fc.nat(20), { maxLength: 8 }), scale: fc.integer({ min: 1, max: 3 }) }),
      { maxLength: 40 },
    )
    fc.assert(
      fc.property(photos, fc.infiniteStream(fc.nat()), (made, order) => {
        const all = made.map(({ bits, scale }, index) =>
          likeness(`${index}`, { hash: flip('0'.repeat(16), bits), width: 300 * scale, height: 200 * scale }),
        )
        const groups = findDuplicates(all)
        const named = groups.flatMap(({ keep, others }) => [keep, ...others.map(({ file }) => file)])
        expect(new Set(named).size).toBe(named.length)
        const ranks = new Map(all.map(({ file }) => [file, order.next().value ?? 0]))
        const shuffled = all.toSorted((a, b) => (ranks.get(a.file) ?? 0) - (ranks.get(b.file) ?? 0))
        expect(findDuplicates(shuffled)).toEqual(groups)
      }),
    )
  })

  test('10,000 photos take less time than anyone would wait for', () => {
    const random = seeded(1)
    const half = () =>
      random
        .whole(0, 2 ** 32 - 1)
        .toString(16)
        .padStart(8, '0')
    const photos = Array.from({ length: 10_000 }, (_, index) => likeness(`${index}`, { hash: half() + half() }))
    photos[9_999] = likeness('copy', { hash: photos[17]?.hash ?? '' })
    const begun = performance.now()
    const groups = findDuplicates(photos)
    expect(groups.map(({ keep, others }) => [keep, ...others.map(({ file }) => file)])).toContainEqual(['17', 'copy'])
    expect(performance.now() - begun).toBeLessThan(10_000)
  })

  test('stops when asked to', () => {
    const photos = Array.from({ length: 1001 }, (_, index) =>
      likeness(`${index}`, { hash: index.toString(16).padStart(16, '0') }),
    )
    expect(() => findDuplicates(photos, AbortSignal.abort(new Error('stop')))).toThrow('stop')
  })
})
