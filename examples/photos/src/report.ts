import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Inventory } from './inventory.ts'
import { RESULT_FILES } from './results.ts'

/** The inventory in a few lines, and where its files are. Pure. */
export function reportLines(inventory: Inventory & { readonly out: string }): readonly string[] {
  const { cameras, dates, duplicates, blurry, out } = inventory
  const named = cameras.filter(({ name }) => name !== null)
  const lines = [
    `  ${photos(inventory.measured)}, ${weight(inventory.bytes)}, ${inventory.sizes.megapixels} megapixels in all`,
    `  Cameras    ${
      named.length === 0
        ? 'no photo says'
        : named
            .slice(0, 4)
            .map(({ name, count }) => `${name} (${count})`)
            .join(', ')
    }${named.length > 4 ? ` and ${named.length - 4} more` : ''}`,
    `  Taken      ${dates.first === null ? 'no photo says' : `${day(dates.first)} to ${day(dates.last ?? dates.first)}`}${dates.first !== null && dates.unknown > 0 ? `, ${dates.unknown} do not say` : ''}`,
    `  Alike      ${duplicates.surplus === 0 ? 'none' : `${photos(duplicates.surplus)} that could go (${weight(duplicates.surplusBytes)}), in ${duplicates.groups} ${duplicates.groups === 1 ? 'group' : 'groups'}`}`,
    `  Blurry     ${blurry.count === 0 ? (blurry.below === null ? blurry.rule : 'none') : `${photos(blurry.count)}: ${blurry.rule}`}`,
  ]
  for (const { title, count, files } of inventory.failures) {
    const names = `${files.slice(0, 3).join(', ')}${count > 3 ? ', …' : ''}`
    lines.push(`  Not read   ${count}: ${title.toLowerCase()} (${names})`)
  }
  return [
    ...lines,
    '',
    `  Look at it   ${pathToFileURL(join(out, RESULT_FILES.sheet)).href}`,
    `  As a table   ${join(out, RESULT_FILES.table)}`,
    `  As data      ${join(out, RESULT_FILES.data)}`,
  ].map(plain)
}

/** Names of files reach a terminal: what could steer it becomes a blank. */
function plain(line: string): string {
  return line.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ')
}

function photos(count: number): string {
  return `${count.toLocaleString('en')} ${count === 1 ? 'photo' : 'photos'}`
}

function weight(bytes: number): string {
  const power = Math.min(4, Math.floor(Math.log10(Math.max(1, bytes)) / 3))
  const value = bytes / 1000 ** power
  return `${value.toFixed(value < 10 && power > 0 ? 1 : 0)} ${['B', 'kB', 'MB', 'GB', 'TB'][power] ?? 'B'}`
}

function day(time: string): string {
  return new Date(`${time}Z`).toLocaleDateString('en', {
    timeZone: 'UTC',
    year: 'numeric',
    month: 'short',
    day: 'numeric',
  })
}
