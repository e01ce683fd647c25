import { encode } from 'blurhash'
import { extractColors } from 'extract-colors'
import sharp, { type Sharp } from 'sharp'
import * as phashModule from 'sharp-phash'
import type { Colour } from './photo.ts'
import { sharpnessOf } from './sharpness.ts'

/** A picture decoded once, upright, in RGB, at most 1,024 px a side: all that is measured is measured on it. */
export interface Pixels {
  readonly data: Buffer
  readonly width: number
  readonly height: number
}

/** What was measured; see Photo for the meaning of each. */
export interface Measures {
  readonly thumbnail: Buffer
  readonly placeholder: string
  readonly sharpness: number
  readonly colours: readonly Colour[]
  readonly hash: string
  readonly grid: string
}

// The package is CommonJS whose types claim a default export: at run time the function is the default.
const phash = phashModule.default as unknown as (typeof phashModule)['default']['default']

const GRID = 4

/** Measures a decoded picture. Deterministic: the same pixels give the same bytes. */
export async function measure(pixels: Pixels, signal?: AbortSignal): Promise<Measures> {
  const thumbnail = await open(pixels)
    .resize(320, 320, { fit: 'inside', withoutEnlargement: true })
    .webp({ quality: 76, effort: 3 })
    .toBuffer()
  signal?.throwIfAborted()
  const sharpness = await sharpnessOf(pixels)
  signal?.throwIfAborted()
  const bits = await phash(pixels.data, { raw: { width: pixels.width, height: pixels.height, channels: 3 } })
  signal?.throwIfAborted()
  const grid = await open(pixels).resize(GRID, GRID, { fit: 'fill', kernel: 'linear' }).raw().toBuffer()
  return {
    thumbnail,
    placeholder: await placeholderOf(pixels),
    sharpness,
    colours: await coloursOf(pixels),
    hash: BigInt(`0b${bits}`).toString(16).padStart(16, '0'),
    grid: grid.toString('hex'),
  }
}

function open({ data, width, height }: Pixels): Sharp {
  return sharp(data, { raw: { width, height, channels: 3 } })
}

async function placeholderOf(pixels: Pixels): Promise<string> {
  const { data, info } = await open(pixels)
    .resize(32, 32, { fit: 'inside' })
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  const [x, y] = info.width >= info.height ? [4, 3] : [3, 4]
  return encode(new Uint8ClampedArray(data), info.width, info.height, x, y)
}

async function coloursOf(pixels: Pixels): Promise<readonly Colour[]> {
  const { data, info } = await open(pixels)
    .resize(64, 64, { fit: 'inside' })
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  const image = { data: new Uint8ClampedArray(data), width: info.width, height: info.height }
  const found = await extractColors(image, { pixels: 4096, distance: 0.2 })
  return found
    .toSorted((a, b) => b.area - a.area || (a.hex < b.hex ? -1 : 1))
    .slice(0, 5)
    .map(({ hex, area }) => ({ hex, share: Math.round(area * 1000) / 1000 }))
}
