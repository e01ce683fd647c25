/** One photo, measured. What is not known is null: nothing here is guessed. */
export interface Photo {
  /** Path below the folder, with `/`. */
  readonly file: string
  readonly bytes: number
  readonly format: string
  /** Pixels as the photo is meant to be seen, that is after its orientation. */
  readonly width: number
  readonly height: number
  /** The EXIF orientation, 1 to 8. */
  readonly orientation: number | null
  readonly camera: Camera
  readonly shot: Shot
  readonly gps: Position | null
  /** Path of the thumbnail below the results' folder. */
  readonly thumbnail: string
  /** A blurhash to show while the thumbnail loads. */
  readonly placeholder: string
  /** How strong the edges of the sharpest parts are at 1,024 px; says something only beside other photos. */
  readonly sharpness: number
  readonly colours: readonly Colour[]
  /** Perceptual hash, 64 bits as 16 hex digits. */
  readonly hash: string
  /** Mean colours of a 4 by 4 grid, 48 bytes as hex: tells pictures apart whose hashes are near by chance. */
  readonly grid: string
  readonly vision: Vision
  /** What could not be read without the photo being bad, in words. */
  readonly notes: readonly string[]
}

export interface Camera {
  readonly make: string | null
  readonly model: string | null
  readonly lens: string | null
}

export interface Shot {
  /** The camera's clock, `2024-05-17T18:42:10`: EXIF has no zone unless `offset` says one. */
  readonly taken: string | null
  /** `+02:00` or null. */
  readonly offset: string | null
  /** Seconds. */
  readonly exposure: number | null
  readonly aperture: number | null
  readonly iso: number | null
  /** Millimetres. */
  readonly focalLength: number | null
}

export interface Position {
  readonly latitude: number
  readonly longitude: number
  /** Metres above the sea. */
  readonly altitude: number | null
}

export interface Colour {
  readonly hex: string
  /** Part of the picture, 0 to 1. */
  readonly share: number
}

/** What only a model that sees could say. */
export interface Vision {
  readonly room: null
  readonly objects: null
  readonly volume: null
  readonly reason: string
}

export const NO_VISION: Vision = { room: null, objects: null, volume: null, reason: 'needs a vision model' }

/** A photo that could not be measured. */
export interface Failed {
  readonly file: string
  readonly code: string
  readonly message: string
}

/** The camera as people name it: `Canon EOS R6`, not `Canon Canon EOS R6`; null when the photo does not say. */
export function cameraName(camera: Camera): string | null {
  const { make, model } = camera
  if (model === null) return make
  if (make === null) return model
  const brand = make.split(' ')[0] ?? make
  return model.toLowerCase().startsWith(brand.toLowerCase()) ? model : `${make} ${model}`
}
