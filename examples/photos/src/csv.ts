import { stringify } from 'csv-stringify/sync'
import { cameraName, type Failed, NO_VISION, type Photo } from './photo.ts'

type Cell = string | number | null

/** What a row says of a photo beside its own measures. */
export interface RowFacts {
  readonly isBlurry: (file: string) => boolean
  /** The better photo of the same, or undefined. */
  readonly duplicateOf: (file: string) => string | undefined
}

const COLUMNS: readonly [string, (photo: Photo, facts: RowFacts) => Cell][] = [
  ['taken', ({ shot }) => shot.taken && `${shot.taken}${shot.offset ?? ''}`],
  ['camera', ({ camera }) => cameraName(camera)],
  ['lens', ({ camera }) => camera.lens],
  ['exposure_s', ({ shot }) => shot.exposure],
  ['aperture', ({ shot }) => shot.aperture],
  ['iso', ({ shot }) => shot.iso],
  ['focal_length_mm', ({ shot }) => shot.focalLength],
  ['width', ({ width }) => width],
  ['height', ({ height }) => height],
  ['orientation', ({ orientation }) => orientation],
  ['format', ({ format }) => format],
  ['bytes', ({ bytes }) => bytes],
  ['latitude', ({ gps }) => gps?.latitude ?? null],
  ['longitude', ({ gps }) => gps?.longitude ?? null],
  ['altitude_m', ({ gps }) => gps?.altitude ?? null],
  ['sharpness', ({ sharpness }) => sharpness],
  ['blurry', ({ file }, { isBlurry }) => (isBlurry(file) ? 'yes' : 'no')],
  ['duplicate_of', ({ file }, { duplicateOf }) => duplicateOf(file) ?? null],
  ['colours', ({ colours }) => colours.map(({ hex }) => hex).join(' ')],
  ['thumbnail', ({ thumbnail }) => thumbnail],
  ['placeholder', ({ placeholder }) => placeholder],
  ['hash', ({ hash }) => hash],
  ['room', ({ vision }) => vision.room],
  ['objects', ({ vision }) => vision.objects],
  ['volume', ({ vision }) => vision.volume],
  ['vision', ({ vision }) => vision.reason],
  ['notes', ({ notes }) => notes.join('; ')],
]

/**
 * The inventory as a table: a header and a row per photo, in order of file, those that failed among them. UTF-8 with
 * a mark and CRLF, as spreadsheets expect. No cell is taken for a formula.
 */
export function toCsv(photos: readonly Photo[], failed: readonly Failed[], facts: RowFacts): string {
  const rows = [
    ...photos.map((photo): Cell[] => [
      photo.file,
      'completed',
      null,
      null,
      ...COLUMNS.map(([, value]) => value(photo, facts)),
    ]),
    ...failed.map(({ file, code, message }): Cell[] => [
      file,
      'failed',
      code,
      message,
      ...COLUMNS.map(([name]) => (name === 'vision' ? NO_VISION.reason : null)),
    ]),
  ].sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1))
  const header = ['file', 'status', 'error_code', 'error', ...COLUMNS.map(([name]) => name)]
  return stringify([header, ...rows.map((row) => row.map(neutral))], {
    bom: true,
    record_delimiter: 'windows',
    // A name may hold a line end of its own, and only whole record delimiters are quoted by themselves.
    quoted_match: /[\r\n]/,
  })
}

/**
 * A file may be named `=HYPERLINK(…)`: text that a spreadsheet would take for a formula gets an apostrophe. Numbers
 * stay numbers, negative ones too.
 */
function neutral(cell: Cell): Cell {
  return typeof cell === 'string' && /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(cell) ? `'${cell}` : cell
}
