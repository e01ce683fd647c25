import { groupOf, photos } from './sheet-kit.js'

// What is asked for is kept in the address, so that a view can be kept and sent.

export const WORDS = ['q', 'camera', 'month', 'format', 'only', 'sort']
export const asked = Object.fromEntries(
  WORDS.map((word) => [word, new URLSearchParams(location.hash.slice(1)).get(word) ?? '']),
)

/** Called after each change of what is asked for. */
export const askListeners = []

export function ask(change) {
  Object.assign(asked, change)
  const set = Object.entries(asked).filter(([, value]) => value !== '')
  history.replaceState(null, '', `#${new URLSearchParams(set)}`)
  for (const listener of askListeners) listener()
}

export const toggle = (word, value) => ask({ [word]: asked[word] === value ? '' : value })

const TESTS = {
  blurry: (photo) => photo.blurry,
  duplicates: (photo) => groupOf.has(photo.file),
  place: (photo) => photo.gps !== null,
  undated: (photo) => photo.taken === null,
}
const SORTS = {
  '': () => 0,
  newest: (a, b) => (b.taken ?? '').localeCompare(a.taken ?? ''),
  oldest: (a, b) => (a.taken ?? '~').localeCompare(b.taken ?? '~'),
  largest: (a, b) => b.bytes - a.bytes,
  soft: (a, b) => a.sharpness - b.sharpness,
}

export function selected() {
  const words = asked.q.toLowerCase().split(/\s+/).filter(Boolean)
  return photos
    .filter(
      (photo) =>
        words.every((word) => `${photo.file} ${photo.camera ?? ''} ${photo.lens ?? ''}`.toLowerCase().includes(word)) &&
        (asked.camera === '' || (photo.camera ?? 'unknown') === asked.camera) &&
        (asked.month === '' || photo.taken?.startsWith(asked.month)) &&
        (asked.format === '' || photo.format === asked.format) &&
        (TESTS[asked.only]?.(photo) ?? true),
    )
    .sort(SORTS[asked.sort] ?? SORTS[''])
}
