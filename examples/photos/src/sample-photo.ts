import sharp, { type Exif, type Sharp } from 'sharp'
import { seeded } from './random.ts'
import { type SceneName, scene } from './scenes.ts'

/** What a sample's EXIF says of the camera. */
export interface SampleCamera {
  readonly make: string
  readonly model: string
  readonly lens: string
  readonly aperture: number
  readonly focalLength: number
}

/** Where; degrees, metres. */
export interface Place {
  readonly latitude: number
  readonly longitude: number
  readonly altitude: number
}

export interface Shooting {
  readonly scene: SceneName
  readonly seed: number
  readonly width: number
  readonly height: number
  /** `2024:05:17 18:42:10`, as EXIF writes it. */
  readonly taken: string
  /** Null: a picture without EXIF. */
  readonly camera: SampleCamera | null
  readonly place: Place | null
}

/** What happens to a picture on its way to the disk. */
export interface Treatment {
  readonly format?: 'jpeg' | 'png' | 'webp' | 'tiff'
  readonly quality?: number
  /** Longest side in pixels. */
  readonly longest?: number
  readonly brightness?: number
  /** Cut from each side, as part of it. */
  readonly crop?: number
  /** Sigma in pixels: out of focus. */
  readonly blur?: number
  /** Held upright: stored on its side with EXIF orientation 6. */
  readonly isTurned?: boolean
  /** Without EXIF, as messengers send. */
  readonly isBare?: boolean
}

/** Draws a scene, adds the grain a sensor has, and encodes it with EXIF. The same request gives the same bytes. */
export async function takePhoto(shooting: Shooting, treatment: Treatment): Promise<Buffer> {
  const { width, height } = shooting
  const small = drawnSize(width, height)
  // In two steps: resizing an SVG directly draws it at the full size again.
  const drawing = await sharp(Buffer.from(scene(shooting.scene, shooting.seed, small)))
    .removeAlpha()
    .raw()
    .toBuffer()
  let drawn = sharp(drawing, { raw: { ...small, channels: 3 } }).resize(width, height, { kernel: 'cubic' })
  if (treatment.blur !== undefined) drawn = drawn.blur(treatment.blur)
  const pixels = grain(await drawn.raw().toBuffer(), width, shooting.seed)
  let picture = sharp(pixels, { raw: { width, height, channels: 3 } })
  if (treatment.crop !== undefined) {
    const [x, y] = [Math.round(width * treatment.crop), Math.round(height * treatment.crop)]
    picture = picture.extract({ left: x, top: y, width: width - 2 * x, height: height - 2 * y })
  }
  if (treatment.brightness !== undefined) picture = picture.modulate({ brightness: treatment.brightness })
  if (treatment.isTurned) picture = picture.rotate(270)
  const { longest } = treatment
  if (longest !== undefined) picture = picture.resize(longest, longest, { fit: 'inside' })
  picture = encode(picture, treatment)
  if (!treatment.isBare && shooting.camera) {
    picture = picture
      .withExif(exifOf(shooting, shooting.camera))
      .withMetadata(treatment.isTurned ? { orientation: 6 } : {})
  }
  return picture.toBuffer()
}

/**
 * Drawn no larger than this and scaled up: the blurs in the drawings cost by the pixel (a 2,700 px sea took 1.5 s),
 * and the grain that comes after is what makes it look its size.
 */
const DRAWN_SIDE = 800

function drawnSize(width: number, height: number): { width: number; height: number } {
  const scale = Math.min(1, DRAWN_SIDE / Math.max(width, height))
  return { width: Math.round(width * scale), height: Math.round(height * scale) }
}

function encode(picture: Sharp, { format = 'jpeg', quality = 84 }: Treatment): Sharp {
  if (format === 'png') return picture.png({ compressionLevel: 6 })
  if (format === 'webp') return picture.webp({ quality, effort: 2 })
  if (format === 'tiff') return picture.tiff({ compression: 'deflate' })
  return picture.jpeg({ quality })
}

const GRAIN_LENGTH = 65_521

/** Noise of about 3 of 255, in brightness. One strip of it, from another place in each row: nobody sees it repeat. */
function grain(pixels: Buffer, width: number, seed: number): Buffer {
  const random = seeded(seed ^ 0x5eed)
  const strip = Float32Array.from({ length: GRAIN_LENGTH }, () => (random.next() + random.next() - 1) * 7)
  for (let row = 0; row < pixels.length; row += width * 3) {
    let at = random.whole(0, GRAIN_LENGTH - 1)
    for (let pixel = row; pixel < row + width * 3; pixel += 3) {
      const noise = strip[at] as number
      at = at + 1 === GRAIN_LENGTH ? 0 : at + 1
      for (let channel = pixel; channel < pixel + 3; channel++) {
        pixels[channel] = Math.max(0, Math.min(255, (pixels[channel] as number) + noise))
      }
    }
  }
  return pixels
}

function exifOf(shooting: Shooting, camera: SampleCamera): Exif {
  const { seed, taken, place } = shooting
  const random = seeded(seed ^ 0xe41f)
  const exif: Exif = {
    IFD0: {
      Make: camera.make,
      Model: camera.model,
      Software: 'Monofil sample photos',
      Copyright: 'CC0 1.0, drawn by a program',
      DateTime: taken,
    },
    IFD2: {
      DateTimeOriginal: taken,
      DateTimeDigitized: taken,
      ExposureTime: `1/${random.pick([60, 125, 250, 500, 1000])}`,
      FNumber: `${Math.round(camera.aperture * 10)}/10`,
      ISOSpeedRatings: String(random.pick([50, 100, 200, 400, 800, 1600])),
      FocalLength: `${Math.round(camera.focalLength * 10)}/10`,
      LensModel: camera.lens,
    },
  }
  if (place === null) return exif
  return {
    ...exif,
    IFD3: {
      GPSLatitudeRef: place.latitude < 0 ? 'S' : 'N',
      GPSLatitude: degrees(place.latitude + random.between(-0.02, 0.02)),
      GPSLongitudeRef: place.longitude < 0 ? 'W' : 'E',
      GPSLongitude: degrees(place.longitude + random.between(-0.02, 0.02)),
      GPSAltitudeRef: '0',
      GPSAltitude: `${Math.round(place.altitude + random.between(0, 40))}/1`,
    },
  }
}

/** Degrees, minutes and hundredths of seconds as EXIF's three fractions. */
function degrees(value: number): string {
  const hundredths = Math.round(Math.abs(value) * 360_000)
  return `${Math.floor(hundredths / 360_000)}/1 ${Math.floor(hundredths / 6000) % 60}/1 ${hundredths % 6000}/100`
}
