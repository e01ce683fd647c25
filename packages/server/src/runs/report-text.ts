import type { Report } from '@monofil/protocol'
import { MonofilError } from '@monofil/protocol'
import type { ItemRecord } from './records.ts'
import type { ReportPort } from './report-batch.ts'
import type { TextState } from './text.ts'
import { afterPiece, MAX_TEXTS_OF_ITEM } from './text.ts'

/** A piece of an item's text that goes into the tables and the run's log. */
export interface ReportedText {
  readonly item: ItemRecord
  readonly step: string
  readonly attempt: number
  readonly piece: NonNullable<Report['text']>
}

/** The texts of one request: each piece must go on where the one before it ended, in the tables or in this request. */
export class ReportTexts {
  readonly all: ReportedText[] = []
  readonly #port: Pick<ReportPort, 'textOf' | 'countTexts'>
  readonly #maxChars: number
  readonly #states = new Map<ItemRecord, Map<string, TextState>>()

  constructor(port: Pick<ReportPort, 'textOf' | 'countTexts'>, maxChars: number) {
    this.#port = port
    this.#maxChars = maxChars
  }

  /** @throws `invalid_request` for a piece that begins after the end of what was said, and for one text too many. */
  take(text: ReportedText, field: string): void {
    const { item, attempt, piece } = text
    const states = this.#states.get(item) ?? new Map<string, TextState>()
    this.#states.set(item, states)
    const before = states.get(piece.name) ?? this.#port.textOf(item, piece.name)
    if (before === undefined) this.#refuseOver(item, states, field)
    const { after, end } = afterPiece(before, { ...piece, attempt }, this.#maxChars)
    if (after === 'hole') {
      const message = `text ${piece.name} of item ${item.id} has ${end} characters in attempt ${attempt}: the next piece begins there at the latest`
      throw new MonofilError('invalid_request', message, { field: `${field}.text.position` })
    }
    if (after !== 'same') states.set(piece.name, after)
    this.all.push(text)
  }

  #refuseOver(item: ItemRecord, states: ReadonlyMap<string, TextState>, field: string): void {
    let count = this.#port.countTexts(item)
    for (const name of states.keys()) if (this.#port.textOf(item, name) === undefined) count += 1
    if (count < MAX_TEXTS_OF_ITEM) return
    const message = `item ${item.id} has ${MAX_TEXTS_OF_ITEM} texts, which is as many as an item may have`
    throw new MonofilError('invalid_request', message, { field: `${field}.text.name` })
  }
}
