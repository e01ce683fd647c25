import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { DuplicateGroup } from './duplicates.ts'
import type { Inventory } from './inventory.ts'
import { cameraName, type Failed, type Photo } from './photo.ts'

const STYLES = ['./sheet-base.css', './sheet-page.css', './sheet-large.css']
const CODE = ['./sheet-kit.js', './sheet-query.js', './sheet-large.js', './sheet-overview.js', './sheet-page.js']

/** What the page shows of a photo; names are short because ten thousand of them are in one file. */
interface SheetPhoto {
  readonly file: string
  readonly src: string
  readonly w: number
  readonly h: number
  readonly bytes: number
  readonly format: string
  readonly taken: string | null
  readonly camera: string | null
  readonly lens: string | null
  readonly shot: string
  readonly gps: readonly [number, number] | null
  readonly colours: readonly string[]
  readonly sharpness: number
  readonly blurry: boolean
}

/**
 * The contact sheet: one HTML file with its styles and code inside, which needs the thumbnails' folder beside it and
 * nothing from the network. Names of files reach it as data only, never as markup.
 */
export async function contactSheet(found: {
  readonly inventory: Inventory
  readonly photos: readonly Photo[]
  readonly failed: readonly Failed[]
  readonly duplicates: readonly DuplicateGroup[]
  readonly isBlurry: ReadonlySet<string>
}): Promise<string> {
  const { inventory, photos, failed, duplicates, isBlurry } = found
  const [styles, code] = await Promise.all([assets(STYLES), assets(CODE)])
  const data = {
    // The duplicates come whole below.
    inventory: { ...inventory, duplicates: { ...inventory.duplicates, list: [] } },
    name: basename(inventory.folder),
    base: `${pathToFileURL(inventory.folder).href}/`,
    photos: photos.toSorted((a, b) => (a.file < b.file ? -1 : 1)).map((photo) => sheetPhoto(photo, isBlurry)),
    failed,
    duplicates,
  }
  // `<` alone could end the script element early; U+2028 is a line end to older parsers.
  const json = JSON.stringify(data).replace(
    /[<\u2028\u2029]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Photo inventory</title>
<link rel="icon" href="data:,">
<style>
${styles}</style>
</head>
<body>
<main id="page"><noscript>This page needs JavaScript; inventory.csv beside it holds the same.</noscript></main>
<script type="application/json" id="data">${json}</script>
<script type="module">
${code}</script>
</body>
</html>
`
}

function sheetPhoto(photo: Photo, isBlurry: ReadonlySet<string>): SheetPhoto {
  const { file, shot, gps } = photo
  return {
    file,
    src: photo.thumbnail,
    w: photo.width,
    h: photo.height,
    bytes: photo.bytes,
    format: photo.format,
    taken: shot.taken,
    camera: cameraName(photo.camera),
    lens: photo.camera.lens,
    shot: shotText(photo),
    gps: gps === null ? null : [gps.latitude, gps.longitude],
    colours: photo.colours.map(({ hex }) => hex),
    sharpness: photo.sharpness,
    blurry: isBlurry.has(file),
  }
}

/** `1/250 s · f/2.8 · ISO 200 · 35 mm`, of what is known. */
export function shotText({ shot }: Pick<Photo, 'shot'>): string {
  const parts: string[] = []
  const { exposure } = shot
  if (exposure !== null) parts.push(exposure < 0.3 ? `1/${Math.round(1 / exposure)} s` : `${exposure} s`)
  if (shot.aperture !== null) parts.push(`f/${shot.aperture}`)
  if (shot.iso !== null) parts.push(`ISO ${shot.iso}`)
  if (shot.focalLength !== null) parts.push(`${shot.focalLength} mm`)
  return parts.join(' · ')
}

/** The parts, one after the other; as one script they see each other's names, so imports and exports go. */
async function assets(names: readonly string[]): Promise<string> {
  const texts = await Promise.all(names.map((name) => readFile(new URL(name, import.meta.url), 'utf8')))
  return texts
    .join('\n')
    .replace(/^import [^']*'\.\/sheet-[a-z]+\.js'\n/gm, '')
    .replace(/^export /gm, '')
}
