/** What two photos are compared by. */
export interface Likeness {
  readonly file: string
  /** 64 bits as 16 hex digits. */
  readonly hash: string
  /** 48 bytes as hex: mean colours of a 4 by 4 grid. */
  readonly grid: string
  readonly width: number
  readonly height: number
  readonly sharpness: number
  readonly bytes: number
}

/** Photos that show the same; the first is the one to keep, the others are nearest first. */
export interface DuplicateGroup {
  readonly keep: string
  readonly others: readonly { readonly file: string; readonly distance: number }[]
}

/** Of 64 bits. Recompressed, brightened or resized copies differ in 0 to 6, slightly cropped ones in up to 14. */
export const HASH_DISTANCE_MAX = 14
/** Root mean square between two grids of equal brightness and contrast (0: the same, about 1.4: unrelated). */
export const GRID_DISTANCE_MAX = 0.2
/** Hashes this near need a grid that is very near in turn; the nearer the hash, the more the colours may differ. */
const GRID_OF_FAR = 0.12
const HASH_NEAR = 6
/** A crop on one side changes a shape by less than this. */
const SHAPE_RATIO_MAX = 1.2

/**
 * Groups photos that are nearly the same. Two count as such when their perceptual hashes are near AND their colours
 * lie alike, because landscapes of one kind have near hashes by chance. Chains join: a copy of a copy is in the group.
 *
 * All pairs are compared: a tree over Hamming distance visits most of its nodes at this radius, and 10,000 photos
 * are 50 million comparisons of two words, which takes less time than decoding one photo.
 */
export function findDuplicates(photos: readonly Likeness[], signal?: AbortSignal): readonly DuplicateGroup[] {
  const high = Uint32Array.from(photos, ({ hash }) => Number.parseInt(hash.slice(0, 8), 16))
  const low = Uint32Array.from(photos, ({ hash }) => Number.parseInt(hash.slice(8), 16))
  const grids = photos.map(({ grid }) => normalise(grid))
  const parent = Uint32Array.from(photos, (_, index) => index)
  for (let i = 1; i < photos.length; i++) {
    if (i % 1000 === 0) signal?.throwIfAborted()
    const [a, b] = [high[i] as number, low[i] as number]
    for (let j = 0; j < i; j++) {
      const distance = ones(a ^ (high[j] as number)) + ones(b ^ (low[j] as number))
      if (distance > HASH_DISTANCE_MAX || !haveOneShape(photos[i] as Likeness, photos[j] as Likeness)) continue
      const allowed = distance <= HASH_NEAR ? GRID_DISTANCE_MAX : GRID_OF_FAR
      if (gridDistance(grids[i] as Float32Array, grids[j] as Float32Array) <= allowed) join(parent, i, j)
    }
  }
  return groupsOf(photos, parent)
}

function groupsOf(photos: readonly Likeness[], parent: Uint32Array): readonly DuplicateGroup[] {
  const groups = new Map<number, Likeness[]>()
  photos.forEach((photo, index) => {
    const root = rootOf(parent, index)
    const group = groups.get(root)
    if (group) group.push(photo)
    else groups.set(root, [photo])
  })
  return [...groups.values()]
    .filter((group) => group.length > 1)
    .map((group) => {
      const [keep, ...others] = group.toSorted(better) as [Likeness, ...Likeness[]]
      const ranked = others.map(({ file, hash }) => ({ file, distance: hashDistance(keep.hash, hash) }))
      return { keep: keep.file, others: ranked.sort((a, b) => a.distance - b.distance || (a.file < b.file ? -1 : 1)) }
    })
    .sort((a, b) => (a.keep < b.keep ? -1 : 1))
}

/** More pixels first, then the sharper by a margin that compression alone does not make, then more bytes. */
function better(a: Likeness, b: Likeness): number {
  const pixels = b.width * b.height - a.width * a.height
  if (pixels !== 0) return pixels
  if (a.sharpness > b.sharpness * 1.25 || b.sharpness > a.sharpness * 1.25) return b.sharpness - a.sharpness
  return b.bytes - a.bytes || (a.file < b.file ? -1 : 1)
}

/** In how many of their 64 bits two hashes differ. */
export function hashDistance(a: string, b: string): number {
  let sum = 0
  for (let at = 0; at < 16; at += 8) {
    sum += ones(Number.parseInt(a.slice(at, at + 8), 16) ^ Number.parseInt(b.slice(at, at + 8), 16))
  }
  return sum
}

function ones(value: number): number {
  let bits = value - ((value >>> 1) & 0x55555555)
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333)
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}

/** Of 255: below this spread a picture is one colour as far as a grid can tell, and its own noise would be compared. */
const FLAT = 4
/** Flat pictures are alike when their colours are within about 3 of 255. */
const FLAT_SCALE = 16

/** Brightness and contrast taken out, so that a brightened copy stays near; flat pictures keep their colour. */
function normalise(grid: string): Float32Array {
  const cells = Float32Array.from(Buffer.from(grid, 'hex'))
  const mean = cells.reduce((sum, cell) => sum + cell, 0) / cells.length
  const deviation = Math.sqrt(cells.reduce((sum, cell) => sum + (cell - mean) ** 2, 0) / cells.length)
  return cells.map((cell) => (deviation < FLAT ? cell / FLAT_SCALE : (cell - mean) / deviation))
}

function gridDistance(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let at = 0; at < a.length; at++) sum += ((a[at] as number) - (b[at] as number)) ** 2
  return Math.sqrt(sum / a.length)
}

/** The hash is taken of the picture squeezed into a square, so that shapes must be compared beside it. */
function haveOneShape(a: Likeness, b: Likeness): boolean {
  const ratio = a.width / a.height / (b.width / b.height)
  return ratio > 1 / SHAPE_RATIO_MAX && ratio < SHAPE_RATIO_MAX
}

function rootOf(parent: Uint32Array, index: number): number {
  let root = index
  while (parent[root] !== root) {
    parent[root] = parent[parent[root] as number] as number
    root = parent[root] as number
  }
  return root
}

function join(parent: Uint32Array, a: number, b: number): void {
  const [rootA, rootB] = [rootOf(parent, a), rootOf(parent, b)]
  if (rootA !== rootB) parent[Math.max(rootA, rootB)] = Math.min(rootA, rootB)
}
