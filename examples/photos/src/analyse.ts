import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import sharp, { type Metadata } from 'sharp'
import { type Exif, NO_EXIF, parseExif } from './exif.ts'
import { fileKey, writeAtomic } from './files.ts'
import { measure, type Pixels } from './measure.ts'
import { NO_VISION, type Photo } from './photo.ts'
import { isPassing, PhotoError, systemCode } from './photo-error.ts'

/** The largest file and picture that are taken: both are held in memory, a few at once. */
export const BYTES_MAX = 150 * 1024 * 1024
export const PIXELS_MAX = 300_000_000

const SIDE = 1024

/**
 * Measures one photo and writes its thumbnail to `{out}/thumbnails`. Doing it again gives the same file and result.
 * @throws PhotoError with a code that says the cause; the signal's reason when it was aborted.
 */
export async function analysePhoto(request: {
  readonly folder: string
  readonly file: string
  readonly out: string
  readonly signal?: AbortSignal
}): Promise<Photo> {
  const { folder, file, out, signal } = request
  const content = await load(join(folder, file), file, signal)
  signal?.throwIfAborted()
  try {
    const metadata = await sharp(content, LIMITS).metadata()
    signal?.throwIfAborted()
    const pixels = await decode(content)
    signal?.throwIfAborted()
    const measured = await measure(pixels, signal)
    const thumbnail = `thumbnails/${fileKey(file)}.webp`
    signal?.throwIfAborted()
    await writeAtomic(join(out, thumbnail), measured.thumbnail)
    const { exif, notes } = await exifOf(metadata, content)
    return {
      file,
      bytes: content.byteLength,
      format: metadata.format,
      width: metadata.autoOrient.width,
      height: metadata.autoOrient.height,
      orientation: metadata.orientation ?? null,
      ...exif,
      ...measured,
      thumbnail,
      vision: NO_VISION,
      notes,
    }
  } catch (error) {
    throw signal?.aborted ? signal.reason : classify(error, file, content)
  }
}

// 'error' takes cut files for broken and lets pass what cameras really write (stray bytes are only warnings).
const LIMITS = { failOn: 'error', limitInputPixels: PIXELS_MAX } as const

async function load(path: string, file: string, signal: AbortSignal | undefined): Promise<Buffer> {
  try {
    const { size } = await stat(path)
    if (size > BYTES_MAX) {
      throw new PhotoError('too_large', `"${file}" has ${megabytes(size)}, the most is ${megabytes(BYTES_MAX)}`)
    }
    return await readFile(path, signal === undefined ? {} : { signal })
  } catch (error) {
    if (signal?.aborted) throw signal.reason
    if (error instanceof PhotoError) throw error
    if (isPassing(error))
      throw new PhotoError('busy', `"${file}" could not be read just now (${systemCode(error)})`, error)
    const why = systemCode(error) === 'ENOENT' ? 'it is gone, or a link to nowhere' : systemCode(error)
    throw new PhotoError('unreadable', `"${file}" cannot be read: ${why}`, error)
  }
}

async function decode(content: Buffer): Promise<Pixels> {
  const { data, info } = await sharp(content, LIMITS)
    .autoOrient()
    .resize(SIDE, SIDE, { fit: 'inside', withoutEnlargement: true })
    // Grey, so that what is drawn in white or in black on nothing is both seen.
    .flatten({ background: '#808080' })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
  return { data, width: info.width, height: info.height }
}

/** EXIF that cannot be parsed does not make a bad photo: it is noted. */
async function exifOf(metadata: Metadata, content: Buffer): Promise<{ exif: Exif; notes: readonly string[] }> {
  // A TIFF is its own EXIF block; other formats carry one.
  const block = metadata.exif ?? (metadata.format === 'tiff' ? content : undefined)
  if (block === undefined) return { exif: NO_EXIF, notes: [] }
  try {
    return { exif: await parseExif(block), notes: [] }
  } catch {
    return { exif: NO_EXIF, notes: ['its EXIF data is damaged'] }
  }
}

/** Puts a decoder's words under a code of ours. The decoders' texts are not an interface: the file's head decides first. */
function classify(error: unknown, file: string, content: Buffer): unknown {
  if (systemCode(error) !== undefined) {
    const words = error instanceof Error ? error.message : String(error)
    return isPassing(error) ? new PhotoError('busy', `"${file}": ${words}`, error) : error
  }
  const words = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
  if (content.byteLength === 0) return new PhotoError('not_an_image', `"${file}" is empty`, error)
  if (/pixel limit/i.test(words)) {
    return new PhotoError('too_large', `"${file}" has more than ${PIXELS_MAX / 1e6} million pixels`, error)
  }
  const kind = kindOf(content)
  if (kind === 'heic') {
    return new PhotoError(
      'unsupported_format',
      `"${file}" is HEIC (HEVC), which is not decoded here; export it as JPEG`,
      error,
    )
  }
  if (kind === undefined) return new PhotoError('not_an_image', `"${file}" is not a picture`, error)
  const more = words === '' || words === 'Unknown error' ? '' : `: ${words}`
  return new PhotoError('broken_image', `"${file}" is a damaged or incomplete ${kind} picture${more}`, error)
}

/** What the first bytes say; undefined for what is no picture. */
function kindOf(content: Buffer): string | undefined {
  const head = content.subarray(0, 16).toString('latin1')
  if (head.startsWith('\xff\xd8\xff')) return 'JPEG'
  if (head.startsWith('\x89PNG\r\n\x1a\n')) return 'PNG'
  if (head.startsWith('RIFF') && head.startsWith('WEBP', 8)) return 'WebP'
  if (head.startsWith('GIF8')) return 'GIF'
  if (head.startsWith('II*\0') || head.startsWith('MM\0*')) return 'TIFF'
  if (!head.startsWith('ftyp', 4)) return undefined
  return /^(avif|avis)/.test(head.slice(8)) ? 'AVIF' : 'heic'
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`
}
