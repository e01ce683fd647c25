// The contact sheet's own code. It runs in the page, from a file: it needs nothing but the browser.
// sheet.ts puts its parts into one script, so that their names must differ.
export const data = JSON.parse(document.getElementById('data').textContent)
export const { inventory, photos, failed, duplicates } = data
export const byFile = new Map(photos.map((photo) => [photo.file, photo]))
export const groupOf = new Map(
  duplicates.flatMap((group) => [group.keep, ...group.others.map(({ file }) => file)].map((file) => [file, group])),
)

export const count = new Intl.NumberFormat()
export const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeZone: 'UTC' })
export const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'medium', timeZone: 'UTC' })
export const monthName = new Intl.DateTimeFormat(undefined, { year: 'numeric', month: 'short', timeZone: 'UTC' })

// A camera's clock has no zone: it is read and shown as UTC, so that it says what the camera said.
export const clock = (text) => new Date(`${text}Z`)
export const size = (bytes) => {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte']
  const power = Math.min(4, Math.floor(Math.log10(Math.max(1, bytes)) / 3))
  const value = bytes / 1000 ** power
  return new Intl.NumberFormat(undefined, {
    style: 'unit',
    unit: units[power],
    unitDisplay: 'short',
    maximumFractionDigits: value < 10 ? 1 : 0,
  })
    .format(value)
    .replace(' ', '\u00a0')
}

export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag)
  for (const [key, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value)
    else if (key === 'style') element.style.cssText = value
    else element.setAttribute(key, value === true ? '' : value)
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false))
  return element
}
