/** A value on one line, at most `max` (160) characters: text as it is, all else as JSON. Empty for nothing. */
export function previewOf(value: unknown, max = 160): string {
  if (value === undefined || value === null) return ''
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
  return (text.length > max ? `${text.slice(0, max)}…` : text).replace(/\s+/g, ' ')
}
