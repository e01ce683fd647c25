import { fileURLToPath } from 'node:url'
import type { Item } from '@monofil/protocol'
import PDFDocument from 'pdfkit'
import { cellsOf, factsOf, type PdfSubject } from './pdf-facts.ts'
import { type Insides, Letters } from './pdf-letters.ts'
import { PDF_WORDS, type PdfWords } from './pdf-words.ts'

/** In points. */
const MARGIN = 36
const SIZE = 7.5
const LINE = 9.5
const PAD = 3
const FOOT = 18
const HEAD = LINE + 2 * PAD
const MAX_LINES = 6

const PIECE_BYTES = 64 * 1024

interface Column {
  readonly name: string
  readonly x: number
  readonly width: number
}

/** A run as a PDF: its facts, then a table of its items, page by page; what is done is given out at once. */
export class PdfDocument {
  readonly #subject: PdfSubject
  readonly #words: PdfWords
  readonly #document: typeof PDFDocument.prototype
  readonly #plain: Letters
  readonly #bold: Letters
  readonly #columns: readonly Column[]
  readonly #showStep: boolean
  /** How many pages there are: known when the last one is. */
  readonly #total: ReturnType<Letters['form']>
  readonly #root: PDFKit.PDFStructureElement
  #table: PDFKit.PDFStructureElement | undefined
  #pages = 0
  #y = 0

  constructor(subject: PdfSubject) {
    const { run, language } = subject
    const plain = fileURLToPath(import.meta.resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf'))
    const bold = fileURLToPath(import.meta.resolve('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf'))
    this.#subject = subject
    this.#words = PDF_WORDS[language]
    this.#document = new PDFDocument({
      ...{ size: 'A4', layout: 'landscape', margin: MARGIN, autoFirstPage: false, font: plain },
      ...{ pdfVersion: '1.7', tagged: true, lang: language, displayTitle: true },
      info: { Title: this.#words.title(run.workflow, run.id), Creator: 'Monofil' },
    })
    this.#plain = new Letters(this.#document, plain)
    this.#bold = new Letters(this.#document, bold)
    this.#showStep = run.steps.length > 1
    this.#columns = columnsOf(this.#words, this.#showStep)
    this.#total = this.#plain.form()
    this.#root = this.#document.struct('Document')
    this.#document.addStructure(this.#root)
    this.#addPage()
    this.#head()
  }

  /** Adds items to the table. */
  add(items: readonly Item[]): void {
    for (const item of items) {
      this.#table ??= this.#beginTable()
      this.#row(item, this.#table)
    }
  }

  /** Ends it; what `take` answers then is the rest. */
  end(): void {
    if (this.#table === undefined) this.#paragraph('P', this.#words.none, this.#plain, 9)
    this.#table?.end()
    this.#root.end()
    this.#total.end(String(this.#pages), SIZE)
    this.#document.end()
  }

  /** What was made since the last call, in pieces that are nobody else's memory. */
  take(): readonly Uint8Array<ArrayBuffer>[] {
    const bytes = this.#document.read() as Buffer | null
    if (bytes === null) return []
    const count = Math.ceil(bytes.length / PIECE_BYTES)
    return Array.from({ length: count }, (_, n) =>
      Uint8Array.from(bytes.subarray(n * PIECE_BYTES, (n + 1) * PIECE_BYTES)),
    )
  }

  get #bottom(): number {
    return this.#document.page.height - MARGIN - FOOT
  }

  #addPage(): void {
    this.#document.addPage()
    this.#pages += 1
    this.#y = MARGIN
    this.#artifact('Pagination', () => {
      const y = this.#document.page.height - MARGIN
      const { run } = this.#subject
      const page = this.#words.page(String(this.#pages))
      const x = this.#document.page.width - MARGIN - this.#plain.width(`${page}00000`, SIZE)
      const name = this.#plain.wrap(`${run.workflow} · ${run.id}`, { width: x - 2 * MARGIN, size: SIZE, maxLines: 1 })
      this.#line(name[0] ?? '', { x: MARGIN, y })
      this.#line(page, { x, y })
      const insides = this.#document as unknown as Insides
      insides.page.xobjects['Total'] = this.#total.ref
      const at = `${(x + this.#plain.width(page, SIZE)).toFixed(2)} ${y.toFixed(2)}`
      this.#document.addContent(`q 1 0 0 -1 ${at} cm /Total Do Q`)
    })
  }

  #head(): void {
    const { run } = this.#subject
    this.#paragraph('H1', this.#words.title(run.workflow, run.id), this.#bold, 15)
    this.#y += 8
    const list = this.#document.struct('L')
    this.#root.add(list)
    for (const [name, text] of factsOf(this.#subject)) {
      const lines = this.#plain.wrap(text, { width: 600, size: 9, maxLines: MAX_LINES })
      const item = this.#document.struct('LI')
      list.add(item)
      const part = (type: 'Lbl' | 'LBody', draw: () => void) => {
        const element = this.#document.struct(type, draw)
        item.add(element)
        element.end()
      }
      part('Lbl', () => this.#line(name, { x: MARGIN, y: this.#y + 9, size: 9, letters: this.#bold }))
      part('LBody', () => {
        for (const line of lines) {
          this.#line(line, { x: MARGIN + 150, y: this.#y + 9, size: 9 })
          this.#y += 13
        }
      })
      item.end()
    }
    list.end()
    this.#y += 8
  }

  #beginTable(): PDFKit.PDFStructureElement {
    if (this.#y + 3 * HEAD > this.#bottom) this.#addPage()
    const table = this.#document.struct('Table')
    this.#root.add(table)
    const row = this.#document.struct('TR')
    table.add(row)
    for (const column of this.#columns) {
      const cell = this.#document.struct('TH', { scope: 'Column' } as object, () => this.#headCell(column))
      row.add(cell)
      cell.end()
    }
    row.end()
    this.#y += HEAD
    this.#rule()
    return table
  }

  #row(item: Item, table: PDFKit.PDFStructureElement): void {
    const { language } = this.#subject
    const cells = cellsOf(item, language, this.#showStep).map((text, index) => ({
      column: this.#columns[index] as Column,
      lines: this.#plain.wrap(text, { width: this.#columns[index]?.width ?? 0, size: SIZE, maxLines: MAX_LINES }),
    }))
    const height = Math.max(...cells.map(({ lines }) => lines.length)) * LINE + 2 * PAD
    if (this.#y + height > this.#bottom) this.#turnPage()
    const row = this.#document.struct('TR')
    table.add(row)
    for (const { column, lines } of cells) {
      const draw = () => {
        for (const [index, line] of lines.entries()) {
          this.#line(line, { x: column.x, y: this.#y + PAD + (index + 0.8) * LINE })
        }
      }
      const cell = this.#document.struct('TD', draw)
      row.add(cell)
      cell.end()
    }
    row.end()
    this.#y += height
    this.#rule()
  }

  /** The head of the table again: for eyes only, who listens has heard it. */
  #turnPage(): void {
    this.#addPage()
    this.#artifact('Layout', () => {
      for (const column of this.#columns) this.#headCell(column)
    })
    this.#y += HEAD
    this.#rule()
  }

  #headCell({ name, x }: Column): void {
    this.#line(name, { x, y: this.#y + PAD + 0.8 * LINE, letters: this.#bold })
  }

  #rule(): void {
    this.#artifact('Layout', () => {
      const { width } = this.#document.page
      this.#document.addContent(
        `q 0.4 w 0.75 G ${MARGIN} ${this.#y.toFixed(2)} m ${width - MARGIN} ${this.#y.toFixed(2)} l S Q`,
      )
    })
  }

  #paragraph(type: 'H1' | 'P', text: string, letters: Letters, size: number): void {
    const width = this.#document.page.width - 2 * MARGIN
    const lines = letters.wrap(text, { width, size, maxLines: MAX_LINES })
    const element = this.#document.struct(type, () => {
      for (const line of lines) {
        this.#y += size * 1.3
        this.#line(line, { x: MARGIN, y: this.#y, size, letters })
      }
    })
    this.#root.add(element)
    element.end()
  }

  #line(
    text: string,
    place: { readonly x: number; readonly y: number; readonly size?: number; readonly letters?: Letters },
  ): void {
    if (text === '') return
    const { letters = this.#plain, size = SIZE, x, y } = place
    this.#document.addContent(letters.operators(text, { x, y, size }))
  }

  #artifact(type: 'Pagination' | 'Layout', draw: () => void): void {
    this.#document.markContent('Artifact', { type })
    draw()
    this.#document.endMarkedContent()
  }
}

/** Widths in shares of the page. */
function columnsOf({ columns }: PdfWords, showStep: boolean): readonly Column[] {
  const shares: readonly (readonly [keyof typeof columns, number])[] = [
    ['status', 9],
    ['item', showStep ? 18 : 22],
    ...(showStep ? ([['step', 10]] as const) : []),
    ['attempts', 5],
    ['took', 7],
    ['input', 22],
    ['result', 28],
  ]
  const room = 841.89 - 2 * MARGIN
  const sum = shares.reduce((total, [, share]) => total + share, 0)
  let x = MARGIN
  return shares.map(([name, share]) => {
    const column = { name: columns[name], x, width: (room * share) / sum - 8 }
    x += (room * share) / sum
    return column
  })
}
