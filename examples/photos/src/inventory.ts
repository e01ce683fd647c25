import type { DuplicateGroup } from './duplicates.ts'
import { cameraName, type Failed, type Photo } from './photo.ts'
import { PHOTO_ERRORS } from './photo-error.ts'

/** What a folder of photos holds. Lists that could be long are cut at LISTED; the files beside it hold all. */
export interface Inventory {
  readonly folder: string
  readonly total: number
  readonly measured: number
  readonly failed: number
  readonly bytes: number
  readonly cameras: readonly { readonly name: string | null; readonly count: number }[]
  readonly dates: {
    /** The cameras' clocks; null when no photo says when it was taken. */
    readonly first: string | null
    readonly last: string | null
    readonly months: readonly { readonly month: string; readonly count: number }[]
    readonly unknown: number
  }
  readonly formats: readonly { readonly format: string; readonly count: number; readonly bytes: number }[]
  readonly sizes: { readonly smallest: Size | null; readonly largest: Size | null; readonly megapixels: number }
  readonly withPosition: number
  readonly duplicates: {
    readonly groups: number
    /** Photos that could go, since a better one of the same is kept, and what they weigh. */
    readonly surplus: number
    readonly surplusBytes: number
    readonly list: readonly DuplicateGroup[]
  }
  readonly blurry: Blurry
  readonly failures: readonly {
    readonly code: string
    readonly title: string
    readonly count: number
    readonly files: readonly string[]
  }[]
}

export interface Size {
  readonly file: string
  readonly width: number
  readonly height: number
}

/** Which photos are blurry beside the others of the folder, and by what rule. */
export interface Blurry {
  readonly rule: string
  readonly median: number | null
  readonly below: number | null
  readonly count: number
  readonly files: readonly string[]
}

export const LISTED = 200
/** A photo counts as blurry when its sharpness is below this part of the folder's median. */
export const BLURRY_PART = 0.3
const BLURRY_NEEDS = 5

/** Sums up what was measured. Pure: the same photos give the same inventory, in whatever order they come. */
export function takeInventory(found: {
  readonly folder: string
  readonly photos: readonly Photo[]
  readonly failed: readonly Failed[]
  readonly duplicates: readonly DuplicateGroup[]
}): Inventory {
  const { folder, failed } = found
  const photos = found.photos.toSorted((a, b) => (a.file < b.file ? -1 : 1))
  const taken = photos.flatMap(({ shot }) => (shot.taken === null ? [] : [shot.taken])).sort()
  const bySize = photos.toSorted((a, b) => a.width * a.height - b.width * b.height)
  return {
    folder,
    total: photos.length + failed.length,
    measured: photos.length,
    failed: failed.length,
    bytes: sum(photos.map(({ bytes }) => bytes)),
    cameras: tally(photos.map(({ camera }) => cameraName(camera))).map(([name, count]) => ({ name, count })),
    dates: {
      first: taken.at(0) ?? null,
      last: taken.at(-1) ?? null,
      months: tally(taken.map((time) => time.slice(0, 7)))
        .map(([month, count]) => ({ month, count }))
        .sort((a, b) => (a.month < b.month ? -1 : 1)),
      unknown: photos.length - taken.length,
    },
    formats: tally(photos.map(({ format }) => format)).map(([format, count]) => ({
      format,
      count,
      bytes: sum(photos.filter((photo) => photo.format === format).map(({ bytes }) => bytes)),
    })),
    sizes: {
      smallest: sizeOf(bySize.at(0)),
      largest: sizeOf(bySize.at(-1)),
      megapixels: Math.round(sum(photos.map(({ width, height }) => width * height)) / 1e5) / 10,
    },
    withPosition: photos.filter(({ gps }) => gps !== null).length,
    duplicates: sumDuplicates(found.duplicates, photos),
    blurry: findBlurry(photos),
    failures: groupFailures(failed),
  }
}

/**
 * The blurry ones, by comparison: sharpness depends on what is seen, so that no figure fits every folder. Where most
 * photos are blurry none stands out, and below five there is nothing to compare with.
 */
export function findBlurry(photos: readonly Photo[]): Blurry {
  if (photos.length < BLURRY_NEEDS) {
    const rule = `not judged: it takes ${BLURRY_NEEDS} photos to compare`
    return { rule, median: null, below: null, count: 0, files: [] }
  }
  const sorted = photos.map(({ sharpness }) => sharpness).sort((a, b) => a - b)
  const median = sorted[sorted.length >> 1] ?? 0
  const below = Math.round(median * BLURRY_PART * 10) / 10
  const files = photos.filter(({ sharpness }) => sharpness < below).map(({ file }) => file)
  const rule = `edges weaker than ${below}, which is ${BLURRY_PART * 100} % of this folder's median of ${median}`
  return { rule, median, below, count: files.length, files: files.slice(0, LISTED) }
}

function sumDuplicates(list: readonly DuplicateGroup[], photos: readonly Photo[]): Inventory['duplicates'] {
  const bytes = new Map(photos.map((photo) => [photo.file, photo.bytes]))
  const surplus = list.flatMap(({ others }) => others.map(({ file }) => bytes.get(file) ?? 0))
  return { groups: list.length, surplus: surplus.length, surplusBytes: sum(surplus), list: firstGroups(list) }
}

/** Whole groups while they name LISTED photos at most: one group may hold thousands. */
function firstGroups(list: readonly DuplicateGroup[]): readonly DuplicateGroup[] {
  let named = 0
  return list.filter(({ others }) => {
    named += 1 + others.length
    return named <= LISTED
  })
}

function groupFailures(failed: readonly Failed[]): Inventory['failures'] {
  return tally(failed.map(({ code }) => code)).map(([code, count]) => ({
    code,
    title: titleOf(code),
    count,
    files: failed
      .filter((one) => one.code === code)
      .map(({ file }) => file)
      .sort()
      .slice(0, LISTED),
  }))
}

/** What a failure's code means, for people. */
export function titleOf(code: string): string {
  if (code in PHOTO_ERRORS) return PHOTO_ERRORS[code as keyof typeof PHOTO_ERRORS].title
  return 'Did not finish; the page of the run says why'
}

/** How often each value occurs, the most frequent first, ties in order. */
function tally<T extends string | null>(values: readonly T[]): [T, number][] {
  const counts = new Map<T, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts].sort((a, b) => b[1] - a[1] || (String(a[0]) < String(b[0]) ? -1 : 1))
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function sizeOf(photo: Photo | undefined): Size | null {
  return photo === undefined ? null : { file: photo.file, width: photo.width, height: photo.height }
}
