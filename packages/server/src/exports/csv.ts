import type { Item } from '@monofil/protocol'
import { stringify } from 'csv-stringify/sync'
import { cellOf } from './csv-cell.ts'

type Values = Readonly<Record<string, unknown>>

/** What every item has, in the order of the columns. */
const FIXED: readonly (readonly [name: string, of: (item: Item) => unknown])[] = [
  ['runId', (item) => item.runId],
  ['step', (item) => item.step],
  ['index', (item) => item.index],
  ['id', (item) => item.id],
  ['status', (item) => item.status],
  ['attempts', (item) => item.attempts],
  ['skipped', (item) => item.skipped],
  ['startedAt', (item) => item.startedAt],
  ['finishedAt', (item) => item.finishedAt],
  ['error.code', (item) => item.error?.code],
  ['error.message', (item) => item.error?.message],
  ['usage.tokens', (item) => item.usage.tokens],
  ['usage.cost', (item) => item.usage.cost],
  ['usage.currency', (item) => item.usage.currency],
  ['waiting.reason', (item) => item.waiting?.reason],
  ['waiting.until', (item) => item.waiting?.until],
  ['waiting.limit', (item) => item.waiting?.limit],
  ['offset', (item) => item.offset],
]

/** Excel takes a file for UTF-8 only when it begins so; readers of CSV know it (`bom: true`, `utf-8-sig`). */
const BOM = '\ufeff'

/**
 * A header and a row per item. The items are read twice: first for the fields their inputs and results have, so that
 * the header is whole and the same for the same items, then for the rows. `maxColumns`: of inputs, and of results.
 */
export async function* csvExport(
  pages: () => AsyncIterable<readonly Item[]>,
  maxColumns: number,
): AsyncGenerator<string> {
  // Sent before the first reading, so that a proxy does not give up while a large run is read.
  yield BOM
  const input = new Columns('input', maxColumns)
  const result = new Columns('result', maxColumns)
  for await (const page of pages()) {
    for (const item of page) {
      input.learn(item.input)
      result.learn(item.result)
    }
  }
  yield rows([[...FIXED.map(([name]) => name), ...input.names, ...result.names].map(cellOf)])
  for await (const page of pages()) {
    yield rows(
      page.map((item) => [
        ...FIXED.map(([, of]) => cellOf(of(item))),
        ...input.cells(item.input),
        ...result.cells(item.result),
      ]),
    )
  }
}

function rows(cells: readonly (readonly (string | number | null)[])[]): string {
  return stringify(
    cells.map((row) => [...row]),
    { record_delimiter: '\r\n', quoted_string: true },
  )
}

/**
 * The columns of a value: one for itself, and one for each field it has where it is an object. In the first goes what
 * has no column of its own: values that are no objects, fields beyond the bound and those that came too late.
 */
class Columns {
  readonly #name: string
  readonly #max: number
  readonly #keys = new Set<string>()

  constructor(name: string, max: number) {
    this.#name = name
    this.#max = max
  }

  learn(value: unknown): void {
    if (!isObject(value) || this.#keys.size >= this.#max) return
    for (const key of Object.keys(value)) if (this.#keys.size < this.#max) this.#keys.add(key)
  }

  get names(): readonly string[] {
    return [this.#name, ...[...this.#keys].map((key) => `${this.#name}.${key}`)]
  }

  cells(value: unknown): readonly (string | number | null)[] {
    if (!isObject(value)) return [cellOf(value), ...[...this.#keys].map(() => null)]
    const entries = Object.entries(value)
    const rest = entries.filter(([key]) => !this.#keys.has(key))
    const own = rest.length > 0 || entries.length === 0 ? cellOf(Object.fromEntries(rest)) : null
    return [own, ...[...this.#keys].map((key) => cellOf(Object.hasOwn(value, key) ? value[key] : null))]
  }
}

function isObject(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
