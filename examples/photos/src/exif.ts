import exifr from 'exifr'
import type { Camera, Position, Shot } from './photo.ts'

/** What a photo says of itself. */
export interface Exif {
  readonly camera: Camera
  readonly shot: Shot
  readonly gps: Position | null
}

export const NO_EXIF: Exif = {
  camera: { make: null, model: null, lens: null },
  shot: { taken: null, offset: null, exposure: null, aperture: null, iso: null, focalLength: null },
  gps: null,
}

/**
 * Parses a TIFF-shaped EXIF block, with or without its `Exif` head. Values that make no sense (year 0, latitude 200)
 * are null. @throws when the block itself cannot be parsed.
 */
export async function parseExif(block: Buffer): Promise<Exif> {
  const tiff = block.subarray(0, 4).toString('latin1') === 'Exif' ? block.subarray(6) : block
  const found: unknown = await exifr.parse(tiff, {
    tiff: true,
    exif: true,
    gps: true,
    interop: false,
    makerNote: false,
    userComment: false,
    // Dates stay text: revived ones would be read in this machine's time zone, which is not the camera's.
    reviveValues: false,
  })
  if (typeof found !== 'object' || found === null) return NO_EXIF
  const tags = new Map<string, unknown>(Object.entries(found))
  return {
    camera: { make: text(tags.get('Make')), model: text(tags.get('Model')), lens: text(tags.get('LensModel')) },
    shot: {
      taken: time(tags.get('DateTimeOriginal')) ?? time(tags.get('CreateDate')),
      offset: offset(tags.get('OffsetTimeOriginal') ?? tags.get('OffsetTime')),
      exposure: number(tags.get('ExposureTime'), 1e-7, 1e5),
      aperture: number(tags.get('FNumber'), 0.1, 200),
      iso: number(tags.get('ISO'), 1, 1e8),
      focalLength: number(tags.get('FocalLength'), 0.1, 1e5),
    },
    gps: position(tags),
  }
}

/** Cameras pad with NULs and blanks, and broken ones fill with rubbish: printable text of at most 100 characters. */
function text(value: unknown): string | null {
  if (typeof value !== 'string') return null
  const clean =
    value
      .split('\0')[0]
      ?.replace(/\p{Cc}+/gu, ' ')
      .trim()
      .slice(0, 100) ?? ''
  return clean === '' || clean.includes('\uFFFD') ? null : clean
}

function number(value: unknown, low: number, high: number): number | null {
  const single = Array.isArray(value) ? value[0] : value
  return typeof single === 'number' && single >= low && single <= high ? single : null
}

/** `2024:05:17 18:42:10` as ISO without a zone; null for dates that are none, such as `0000:00:00 00:00:00`. */
function time(value: unknown): string | null {
  const parts = typeof value === 'string' ? /^(\d{4})[:-](\d\d)[:-](\d\d)[ T](\d\d):(\d\d):(\d\d)/.exec(value) : null
  if (!parts) return null
  const iso = `${parts[1]}-${parts[2]}-${parts[3]}T${parts[4]}:${parts[5]}:${parts[6]}`
  const read = new Date(`${iso}Z`)
  return Number.isNaN(read.getTime()) || !read.toISOString().startsWith(iso) || read.getUTCFullYear() < 1826
    ? null
    : iso
}

function offset(value: unknown): string | null {
  return typeof value === 'string' && /^[+-]\d\d:\d\d/.test(value) ? value.slice(0, 6) : null
}

function position(tags: ReadonlyMap<string, unknown>): Position | null {
  const latitude = number(tags.get('latitude'), -90, 90)
  const longitude = number(tags.get('longitude'), -180, 180)
  // 0, 0 is what cameras write that had no fix; no photo in these folders was taken there.
  if (latitude === null || longitude === null || (latitude === 0 && longitude === 0)) return null
  const height = number(tags.get('GPSAltitude'), 0, 100_000)
  const reference = tags.get('GPSAltitudeRef')
  const isBelowSea = reference === 1 || (reference instanceof Uint8Array && reference[0] === 1)
  const altitude = height === null ? null : Math.round((isBelowSea ? -height : height) * 10) / 10
  return { latitude: round6(latitude), longitude: round6(longitude), altitude }
}

function round6(value: number): number {
  return Math.round(value * 1e6) / 1e6
}
