/** Fields that name what an object is about, the most telling first. */
const NAMES = ['name', 'title', 'file', 'path', 'url', 'id', 'key'] as const

/** A value on one line, at most `max` (160) characters: text as it is, all else as JSON. Empty for nothing. */
export function previewOf(value: unknown, max = 160): string {
  if (value === undefined || value === null) return ''
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
  return (text.length > max ? `${text.slice(0, max)}…` : text).replace(/\s+/g, ' ')
}

/** The end of a long path, whole segments at a time: files of one folder differ at the end. */
function tailOf(text: string): string {
  const segments = text.split(/(?<=[\\/])/)
  if (text.length <= 40 || segments.length < 3) return text
  let tail = segments.at(-1) ?? ''
  for (const segment of segments.slice(0, -1).toReversed()) {
    if (tail.length + segment.length > 40) break
    tail = segment + tail
  }
  return `…/${tail.replace(/^[\\/]/, '')}`
}

/** What an item is about, in a few words from its input: a telling field where there is one, else all of it. */
export function labelOf(input: unknown): string {
  if (typeof input === 'string') return previewOf(tailOf(input))
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return previewOf(input)
  const named = NAMES.map((name) => (input as Readonly<Record<string, unknown>>)[name]).find(
    (value) => typeof value === 'string' && value !== '',
  )
  if (typeof named === 'string') return previewOf(tailOf(named))
  const fields = Object.entries(input).map(([name, value]) => `${name}: ${previewOf(value, 40)}`)
  return previewOf(fields.join(', '))
}
